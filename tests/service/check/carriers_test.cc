// The sentences around what is tested: that they are what they promise, and files of them.
#include "service/check/carriers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tests/service/cli/temp_folder.h"
#include "tests/support/test_book.h"
#include "translator/emoji.h"

namespace signalbook::check {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

std::vector<Carrier> Carriers(const std::string& name) {
  absl::StatusOr<std::vector<Carrier>> carriers = LoadCarriers(name);
  EXPECT_TRUE(carriers.ok()) << carriers.status();
  return carriers.ok() ? *std::move(carriers) : std::vector<Carrier>();
}

TEST(CarriersTest, BuiltInOnesCoverTheirLanguages) {
  const std::vector<Carrier> incident = Carriers("incident");
  EXPECT_THAT(incident, SizeIs(20));
  EXPECT_EQ(incident.front().name, "incident");
  EXPECT_EQ(incident.front().language, "zh");

  const std::vector<Carrier> chat = Carriers("chat");
  std::map<std::string, std::set<std::string>> places;
  for (const Carrier& carrier : chat) {
    ASSERT_TRUE(carrier.name.starts_with(carrier.language + "-")) << carrier.name;
    const std::string place = carrier.name.substr(carrier.language.size() + 1);
    places[carrier.language].insert(place);
    EXPECT_EQ(place == "start", carrier.text.starts_with("{}")) << carrier.name;
    EXPECT_EQ(place == "end", carrier.text.ends_with("{}")) << carrier.name;
  }
  EXPECT_THAT(places, SizeIs(24));
  for (const auto& [language, of_it] : places) {
    for (const char* place : {"start", "inside", "end"}) {
      EXPECT_TRUE(of_it.count(place)) << language << " " << place;
    }
  }

  std::set<std::string> names;
  for (const std::vector<Carrier>& carriers : {incident, chat}) {
    for (const Carrier& carrier : carriers) {
      EXPECT_TRUE(names.insert(carrier.name).second) << carrier.name;
      EXPECT_TRUE(TestBook()->locales().Resolve(carrier.language)) << carrier.language;
    }
  }
}

// Otherwise a test of the sequence would be one of something else.
TEST(CarriersTest, InBuiltInOnesASequenceStaysWhatItIs) {
  const std::shared_ptr<const Book> book = TestBook();
  for (const char* name : {"incident", "chat"}) {
    for (const Carrier& carrier : Carriers(name)) {
      const bool twice = carrier.name.ends_with("-twice");
      std::vector<EmojiCluster> clusters;
      for (KeyId id = 0; id < book->key_count(); ++id) {
        // A tone behind anything is a stray.
        if (twice && book->key(id).kind == EmojiKind::kComponent) continue;
        std::string text = carrier.text;
        for (size_t at = 0; (at = text.find("{}")) != text.npos;) {
          text.replace(at, 2, book->key(id).fully_qualified);
        }
        clusters.clear();
        FindEmoji(text, book->emoji(), &clusters);
        ASSERT_THAT(clusters, SizeIs(twice ? 2 : 1)) << text;
        for (const EmojiCluster& cluster : clusters) ASSERT_EQ(cluster.key, id) << text;
      }
    }
  }
}

TEST(CarriersTest, FilesAreReadOrSayWhatIsWrong) {
  const struct {
    const char* description;
    const char* content;
    std::vector<std::string> texts;  // none: an error
    const char* error;
  } kRows[] = {
      {"one", "a\ten\tI love {}!\n", {"I love {}!"}, ""},
      {"without a last line end", "a\ten\t{}", {"{}"}, ""},
      {"comments, empty lines, a mark and CR",
       "\xEF\xBB\xBF# x\r\n#\r\n\r\na\ten\t{}\r\n",
       {"{}"},
       ""},
      {"a line of column names", "name\tlanguage\ttext\na\ten\t{}\n", {"{}"}, ""},
      {"escapes", "a\ten\t{}\\u{1F600}\\\\\n", {"{}😀\\"}, ""},
      {"the place twice", "a\ten\t{} and {}\n", {"{} and {}"}, ""},
      {"two cells", "a\ten\t{}\nb\t{}\n", {}, ":2: 3 cells"},
      {"four cells", "a\ten\t{}\tx\n", {}, ":1: 3 cells"},
      {"no place", "a\ten\thello\n", {}, ":1: the text has no \"{}\""},
      {"no language", "a\t\t{}\n", {}, ":1: \"\" is no language tag"},
      {"an odd language", "a\tno such\t{}\n", {}, ":1: \"no such\" is no language tag"},
      {"no name", "\ten\t{}\n", {}, ":1: a name"},
      {"a name with a slash", "a/b\ten\t{}\n", {}, ":1: a name"},
      {"the same name", "# x\na\ten\t{}\na\tes\t{}\n", {}, ":3: there is another carrier \"a\""},
      {"an odd escape", "a\ten\t{}\\q\n", {}, ":1: a backslash"},
      {"bytes that are not UTF-8", "a\ten\t{}\xFF\n", {}, ":1: the text is not UTF-8"},
      {"nothing", "# nothing\n", {}, "holds no carrier"},
  };
  const TempFolder folder;
  for (const auto& row : kRows) {
    const std::string path = folder.Write("carriers.tsv", row.content);
    const absl::StatusOr<std::vector<Carrier>> carriers = LoadCarriers(path);
    if (row.texts.empty()) {
      EXPECT_TRUE(absl::IsInvalidArgument(carriers.status())) << row.description;
      EXPECT_THAT(carriers.status().ToString(), HasSubstr(path)) << row.description;
      EXPECT_THAT(carriers.status().ToString(), HasSubstr(row.error)) << row.description;
      continue;
    }
    ASSERT_TRUE(carriers.ok()) << row.description << ": " << carriers.status();
    std::vector<std::string> texts;
    for (const Carrier& carrier : *carriers) texts.push_back(carrier.text);
    EXPECT_EQ(texts, row.texts) << row.description;
  }
  const absl::Status none = LoadCarriers("chatt").status();
  EXPECT_TRUE(absl::IsNotFound(none));
  EXPECT_THAT(none.ToString(), HasSubstr("\"incident\", \"chat\""));
}

}  // namespace
}  // namespace signalbook::check
