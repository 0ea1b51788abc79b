// Which cases stand in files, folders and stdin, dirty ones among them.
#include "service/check/corpus.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "service/strings.h"
#include "tests/service/cli/temp_folder.h"

namespace signalbook::check {
namespace {

namespace fs = std::filesystem;
using namespace std::string_literals;
using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr size_t kMebibyte = 1 << 20;

CaseDefaults To(std::vector<std::string> languages) {
  CaseDefaults defaults;
  defaults.to = std::move(languages);
  return defaults;
}

std::vector<CaseOrBadLine> All(CaseSource* source) {
  std::vector<CaseOrBadLine> all;
  while (std::optional<CaseOrBadLine> next = source->Next()) all.push_back(*std::move(next));
  EXPECT_FALSE(source->Next()) << "the end is the end";
  return all;
}

std::vector<CaseOrBadLine> Read(const std::vector<std::string>& paths,
                                const CaseDefaults& defaults = To({"es"}),
                                CorpusFormat format = CorpusFormat::kByName) {
  absl::StatusOr<std::unique_ptr<CaseSource>> source = OpenCorpora(paths, format, defaults);
  EXPECT_TRUE(source.ok()) << source.status();
  return source.ok() ? All(source->get()) : std::vector<CaseOrBadLine>();
}

// "2 hello" for a case, "2! not JSON: …" for a bad line.
std::vector<std::string> Short(const std::vector<CaseOrBadLine>& all) {
  std::vector<std::string> lines;
  for (const CaseOrBadLine& one : all) {
    if (const auto* bad = std::get_if<BadLine>(&one)) {
      lines.push_back(StrCat(bad->line, "! ", bad->what));
    } else {
      const Case& c = std::get<Case>(one);
      lines.push_back(StrCat(c.line, " ", c.request.contents(0)));
    }
  }
  return lines;
}

std::vector<std::string> Ids(const std::vector<CaseOrBadLine>& all) {
  std::vector<std::string> ids;
  for (const CaseOrBadLine& one : all) {
    const auto* bad = std::get_if<BadLine>(&one);
    ids.push_back(bad == nullptr ? std::get<Case>(one).id : StrCat("! ", bad->what));
  }
  return ids;
}

// The file is named "corpus" and its extension, in a folder that is left out of `expected`.
struct FileRow {
  std::string_view description;
  std::string extension;
  std::string content;
  std::vector<std::string> expected;  // Short
};

void Check(const std::vector<FileRow>& rows) {
  for (const FileRow& row : rows) {
    const TempFolder folder;
    const std::string path = folder.Write("corpus" + row.extension, row.content);
    EXPECT_THAT(Short(Read({path})), ElementsAreArray(row.expected)) << row.description;
  }
}

TEST(CorpusTest, RawLinesAreMessagesAsTheyAre) {
  Check({
      {"empty file", ".txt", "", {}},
      {"only ends of lines", ".txt", "\n\n", {}},
      {"empty lines count", ".txt", "\na\n\nb\n", {"2 a", "4 b"}},
      {"no end of the last line", ".txt", "a\nb", {"1 a", "2 b"}},
      {"a CR is a part", ".txt", "a\r\n\r\n", {"1 a\r", "2 \r"}},
      {"white space is a message", ".txt", " \n\ta\t\n", {"1  ", "2 \ta\t"}},
      {"comments are messages", ".txt", "# a\n", {"1 # a"}},
      {"JSON is a message", ".txt", "{\"a\"\n", {"1 {\"a\""}},
      {"a byte order mark at the start only", ".txt", "\uFEFFa\n\uFEFFb", {"1 a", "2 \uFEFFb"}},
      {"nothing but a byte order mark", ".txt", "\uFEFF", {}},
      {"NUL bytes", ".txt", "a\0b\n\0\n"s, {"1 a\0b"s, "2 \0"s}},
      {"not UTF-8", ".txt", "a\n123456\xFF\nb", {"1 a", "2! not UTF-8 at byte 7", "3 b"}},
      {"a code point cut by the end", ".txt", "a\xF0\x9F", {"1! not UTF-8 at byte 2"}},
      {"any other name", ".log", "a\n", {"1 a"}},
      {"no extension", "", "a\n", {"1 a"}},
      {"UTF-16",
       ".txt",
       "\xFF\xFE\x61\x00\x0A\x00\x61\x00"s,
       {"1! UTF-16; save it as UTF-8; the rest of the file is not read"}},
  });
}

TEST(CorpusTest, JsonLines) {
  Check({
      {"empty file", ".jsonl", "", {}},
      {"nothing but white space", ".jsonl", "\n  \n\t\r\n", {}},
      {"CRLF, byte order mark, no end of the last line",
       ".jsonl",
       "\uFEFF{\"source\":\"a\"}\r\n{\"source\":\"b\"}\r\n{\"source\":\"c\"}",
       {"1 a", "2 b", "3 c"}},
      {"the other name, in capitals", ".NDJSON", "{\"source\":\"a\"}", {"1 a"}},
      {"a truncated line and the rest",
       ".jsonl",
       "{\"source\":\"a\"\n{\"source\":\"b\"}\n",
       {"1! not JSON: column 14: syntax error while parsing object - unexpected end of input; "
        "expected '}'",
        "2 b"}},
      {"a comment is none",
       ".jsonl",
       "# a\n{\"source\":\"b\"}\n",
       {"1! not JSON: column 1: syntax error while parsing value - invalid literal; last read: '#'",
        "2 b"}},
      {"an object of two lines is none",
       ".jsonl",
       "{\"source\":\n\"a\"}\n",
       {"1! not JSON: column 11: syntax error while parsing value - unexpected end of input; "
        "expected '[', '{', or a literal",
        "2! not JSON: column 4: syntax error while parsing value - unexpected '}'; expected end of "
        "input"}},
  });
}

TEST(CorpusTest, Tsv) {
  Check({
      {"empty file", ".tsv", "", {}},
      {"only comments", ".tsv", "# a\n#\n\n", {}},
      {"only columns", ".tsv", "source\n", {}},
      {"comments before, among and behind the lines",
       ".tsv",
       "# a\nsource\tid\n# b\nc\td\n#\n\ne\tf\n# g",
       {"4 c", "7 e"}},
      {"CRLF, byte order mark, no end of the last line",
       ".tsv",
       "\uFEFFid\tsource\r\nx\ta\r\n\r\ny\tb\\r",
       {"2 a", "4 b\r"}},
      {"a wrong line and the rest",
       ".tsv",
       "id\tsource\na\nb\tc\n",
       {"2! cells: 1, columns: 2 (id, source)", "3 c"}},
      {"bad columns: no line can be read",
       ".tsv",
       "# a\nid\tid\na\tb\nc\td\n",
       {"2! duplicate column \"id\"; the rest of the file is not read"}},
      {"columns of more than 1 MiB",
       ".tsv",
       std::string(kMebibyte + 1, 'a') + "\nsource\na\n",
       {"1! longer than 1 MiB; the rest of the file is not read"}},
  });
}

TEST(CorpusTest, LongLinesAreSkipped) {
  const std::string most(kMebibyte, 'a');
  Check({
      {"just fits", ".txt", most + "\nb", {"1 " + most, "2 b"}},
      {"one byte more", ".txt", most + "a\nb", {"1! longer than 1 MiB", "2 b"}},
      {"2 MiB, two of them, JSON",
       ".jsonl",
       StrCat(most, most, "\n", most, most, "\n{\"source\":\"a\"}"),
       {"1! longer than 1 MiB", "2! longer than 1 MiB", "3 a"}},
      {"2 MiB without an end",
       ".tsv",
       StrCat("source\na\n", most, most),
       {"2 a", "3! longer than 1 MiB"}},
  });
}

// A line that is hundreds of MiB long does not stay in memory.
TEST(CorpusTest, MemoryDoesNotGrowWithALine) {
  const TempFolder folder;
  const std::string path = folder.Write("a.jsonl", "");
  fs::resize_file(path, 512 * kMebibyte);  // a hole in the file: takes no room on the disk
  const auto peak_kib = [] {
    rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
  };
  const long before = peak_kib();
  EXPECT_THAT(Short(Read({path})), ElementsAre("1! longer than 1 MiB"));
  EXPECT_LT(peak_kib() - before, 16 * 1024);
}

TEST(CorpusTest, DefaultsFillWhatALineLeavesOut) {
  const TempFolder folder;
  const std::string path = folder.Write(
      "a.jsonl",
      R"({"source": "a", "origin": "https://a.example", "expect": {"text": "b"}})"
      "\n"
      R"({"id": "x", "source": "a", "from": "", "to": "fr", "emoji": "keep", "policy": "guarded", )"
      R"("dialects": [], "market": "", "candidate": ""})");
  CaseDefaults defaults = To({"es"});
  defaults.from = "zh";
  defaults.modes = {v1::EMOJI_MODE_NAME};
  defaults.policy = v1::POLICY_STRICT;
  defaults.dialects = {"slack", "github"};
  defaults.market = "CN";
  defaults.candidate = "c";
  const std::vector<CaseOrBadLine> all = Read({path}, defaults);
  ASSERT_EQ(all.size(), 2u);

  const Case& filled = std::get<Case>(all[0]);
  EXPECT_EQ(filled.id, path + ":1");
  EXPECT_EQ(filled.file, path);
  EXPECT_EQ(filled.request.ShortDebugString(),
            R"(contents: "a" source_language_code: "zh" target_language_code: "es" )"
            R"(emoji_mode: EMOJI_MODE_NAME policy: POLICY_STRICT dialects: "slack" )"
            R"(dialects: "github" market: "CN")");
  EXPECT_EQ(filled.candidate, "c");
  EXPECT_EQ(filled.origin, "https://a.example");
  EXPECT_EQ(filled.expect.text, "b");

  const Case& own = std::get<Case>(all[1]);
  EXPECT_EQ(own.id, "x");
  EXPECT_EQ(own.request.ShortDebugString(),
            R"(contents: "a" target_language_code: "fr" emoji_mode: EMOJI_MODE_KEEP )"
            R"(policy: POLICY_GUARDED)");
  EXPECT_EQ(own.candidate, "");
  EXPECT_TRUE(own.expect.empty());
}

TEST(CorpusTest, ALineIsACaseForEachLanguageAndMode) {
  constexpr v1::EmojiMode kKeep = v1::EMOJI_MODE_KEEP;
  constexpr v1::EmojiMode kName = v1::EMOJI_MODE_NAME;
  const struct {
    std::string_view description, members;
    std::vector<std::string> to;
    std::vector<v1::EmojiMode> modes;
    std::vector<std::string> ids;  // "" → no id
  } kRows[] = {
      {"one of each", "", {"es"}, {kKeep}, {"x"}},
      {"no mode is the default one", "", {"es"}, {}, {"x"}},
      {"languages", "", {"es", "fr"}, {kKeep}, {"x→es", "x→fr"}},
      {"modes", "", {"es"}, {kName, kKeep}, {"x→name", "x→keep"}},
      {"both",
       "",
       {"es", "fr"},
       {kKeep, kName},
       {"x→es/keep", "x→es/name", "x→fr/keep", "x→fr/name"}},
      {"its own language", R"(, "to": "de")", {"es", "fr"}, {kKeep}, {"x"}},
      {"its own languages", R"(, "to": ["de", "it"])", {"es"}, {kKeep}, {"x→de", "x→it"}},
      {"its own mode", R"(, "emoji": "both")", {"es", "fr"}, {kKeep, kName}, {"x→es", "x→fr"}},
      {"its own of both", R"(, "to": "de", "emoji": "both")", {"es", "fr"}, {kKeep, kName}, {"x"}},
      {"repeated defaults", "", {"es", "es"}, {kKeep, kKeep}, {"x"}},
      {"no language", "", {}, {kKeep}, {"! needs a target language: \"to\" or --to"}},
      {"its own language is enough", R"(, "to": "de")", {}, {kKeep}, {"x"}},
  };
  for (const auto& row : kRows) {
    const TempFolder folder;
    const std::string path =
        folder.Write("a.jsonl", StrCat(R"({"id": "x", "source": "a")", row.members, "}"));
    CaseDefaults defaults = To(row.to);
    defaults.modes = row.modes;
    EXPECT_THAT(Ids(Read({path}, defaults)), ElementsAreArray(row.ids)) << row.description;
  }
}

TEST(CorpusTest, VariantsAreAskedFor) {
  const TempFolder folder;
  const std::string path = folder.Write("a.txt", "a\nb\n");
  CaseDefaults defaults = To({"es", "fr"});
  defaults.modes = {v1::EMOJI_MODE_KEEP, v1::EMOJI_MODE_NAME};
  std::vector<std::string> told;
  for (const CaseOrBadLine& one : Read({path}, defaults)) {
    const Case& c = std::get<Case>(one);
    told.push_back(StrCat(c.id.substr(path.size()), " ", c.request.target_language_code(), " ",
                          ModeName(c.request.emoji_mode())));
  }
  EXPECT_THAT(told, ElementsAre(":1→es/keep es keep", ":1→es/name es name", ":1→fr/keep fr keep",
                                ":1→fr/name fr name", ":2→es/keep es keep", ":2→es/name es name",
                                ":2→fr/keep fr keep", ":2→fr/name fr name"));
}

TEST(CorpusTest, IdsAreUniqueInAFile) {
  const TempFolder folder;
  const std::string a = folder.Write("a.tsv",
                                     "id\tsource\tto\n"
                                     "x\ta\tes | fr\n"
                                     "x\tb\t\n"
                                     "y\tc\t\n"
                                     "\td\t\n"
                                     "\te\t\n"
                                     "x\tf\t\n");
  const std::string b = folder.Write("b.jsonl", R"({"id": "x", "source": "a"})");
  const std::string error = "! duplicate id \"x\": line 2 has it already";
  EXPECT_THAT(Ids(Read({a, b})),
              ElementsAre("x→es", "x→fr", error, "y", a + ":5", a + ":6", error, "x"));
}

TEST(CorpusTest, FoldersAreReadInTheOrderOfPaths) {
  const TempFolder folder;
  folder.Write("b.txt", "3\n");
  folder.Write("a/z.tsv", "source\n2\n");
  folder.Write("a-b.jsonl", "{\"source\": \"1\"}");  // "-" is before "/"
  folder.Write("c/d/e.ndjson", "{\"source\": \"4\"}");
  folder.Write("é.TXT", "5\n");  // the bytes of "é" are behind all ASCII
  folder.Write("README.md", "left out\n");
  folder.Write("data.json", "left out\n");
  folder.Write("txt", "left out\n");
  fs::create_directory(fs::path(folder.path()) / "folder.txt");
  ASSERT_EQ(mkfifo((folder.path() + "/pipe.txt").c_str(), 0600), 0);
  EXPECT_THAT(Short(Read({folder.path()})), ElementsAre("1 1", "2 2", "1 3", "1 4", "1 5"));
}

TEST(CorpusTest, FilesAreNamedAsOnTheCommandLine) {
  const TempFolder folder;
  folder.Write("a/b.txt", "1\n");
  const fs::path before = fs::current_path();
  fs::current_path(folder.path());
  EXPECT_THAT(Ids(Read({"a"})), ElementsAre("a/b.txt:1"));
  EXPECT_THAT(Ids(Read({"./a/"})), ElementsAre("./a/b.txt:1"));
  EXPECT_THAT(Ids(Read({"a/b.txt"})), ElementsAre("a/b.txt:1"));
  fs::current_path(before);
}

TEST(CorpusTest, PathsAreReadInTheirOrderAndOnce) {
  const TempFolder folder;
  const std::string a = folder.Write("a.txt", "1\n");
  const std::string b = folder.Write("b.txt", "2\n");
  EXPECT_THAT(Short(Read({b, a})), ElementsAre("1 2", "1 1"));
  EXPECT_THAT(Short(Read({b, folder.path(), a})), ElementsAre("1 2", "1 1"));
  fs::create_symlink(a, folder.path() + "/c.txt");
  EXPECT_THAT(Short(Read({folder.path()})), ElementsAre("1 1", "1 2"));
}

TEST(CorpusTest, AFormatOnTheCommandLineIsForAllFiles) {
  const TempFolder folder;
  const std::string path = folder.Write("a.txt", "source\na\n");
  const std::string json = folder.Write("b.jsonl", "source\nb\n");
  EXPECT_THAT(Short(Read({path, json}, To({"es"}), CorpusFormat::kTsv)), ElementsAre("2 a", "2 b"));
  EXPECT_THAT(Short(Read({json}, To({"es"}), CorpusFormat::kRaw)), ElementsAre("1 source", "2 b"));
}

TEST(CorpusTest, WhatCannotBeOpened) {
  const TempFolder folder;
  const std::string file = folder.Write("a.txt", "1\n");
  const std::string json = folder.Write("a.jsonl", "{\"source\": \"1\", \"to\": \"es\"}");
  folder.Write("other/README.md", "");
  folder.Write("links/a.jsonl", "");
  fs::create_symlink("nowhere", folder.path() + "/links/b.jsonl");
  const struct {
    std::string_view description;
    std::vector<std::string> paths;
    absl::StatusCode code;
    std::string message;
  } kRows[] = {
      {"no such file",
       {json, folder.path() + "/x.txt"},
       absl::StatusCode::kNotFound,
       folder.path() + "/x.txt: No such file or directory"},
      {"a file for a folder", {file + "/x"}, absl::StatusCode::kNotFound, "Not a directory"},
      {"no name", {""}, absl::StatusCode::kNotFound, "No such file"},
      {"a folder without corpora",
       {folder.path() + "/other"},
       absl::StatusCode::kNotFound,
       "/other: no corpora in this folder (.jsonl, .ndjson, .tsv, .txt)"},
      {"a link that leads nowhere",
       {folder.path() + "/links"},
       absl::StatusCode::kNotFound,
       "/links/b.jsonl: No such file"},
      {"raw without a language",
       {json, file},
       absl::StatusCode::kInvalidArgument,
       file + ": a raw corpus names no target language; give one with --to"},
      {"stdin without a language", {"-"}, absl::StatusCode::kInvalidArgument, "-: a raw corpus"},
  };
  for (const auto& row : kRows) {
    const bool raw = row.code == absl::StatusCode::kInvalidArgument;
    const auto source =
        OpenCorpora(row.paths, CorpusFormat::kByName, raw ? CaseDefaults() : To({"es"}));
    EXPECT_EQ(source.status().code(), row.code) << row.description;
    EXPECT_THAT(std::string(source.status().message()), HasSubstr(row.message)) << row.description;
  }
}

TEST(CorpusTest, AFileThatIsGoneIsABadLine) {
  const TempFolder folder;
  const std::string a = folder.Write("a.txt", "1\n");
  const std::string b = folder.Write("b.txt", "2\n");
  const auto source = OpenCorpora({a, b}, CorpusFormat::kByName, To({"es"}));
  ASSERT_TRUE(source.ok());
  fs::remove(a);
  EXPECT_THAT(Short(All(source->get())),
              ElementsAre("0! cannot be opened: No such file or directory", "1 2"));
}

TEST(CorpusTest, NoPathsHaveNoCases) { EXPECT_THAT(Read({}), IsEmpty()); }

// stdin is what was written into a pipe, for as long as this lives.
class Stdin {
 public:
  explicit Stdin(std::string_view text) : before_(dup(STDIN_FILENO)) {
    int ends[2];
    EXPECT_EQ(pipe(ends), 0);
    EXPECT_EQ(write(ends[1], text.data(), text.size()), static_cast<ssize_t>(text.size()));
    dup2(ends[0], STDIN_FILENO);
    close(ends[0]);
    close(ends[1]);
  }
  ~Stdin() {
    dup2(before_, STDIN_FILENO);
    close(before_);
  }

 private:
  const int before_;
};

TEST(CorpusTest, ReadsStdin) {
  const TempFolder folder;
  const std::string file = folder.Write("a.txt", "3\n");
  {
    const Stdin input("1\n2");
    EXPECT_THAT(Ids(Read({"-", file, "-"})), ElementsAre("-:1", "-:2", file + ":1"));
  }
  const Stdin input("{\"source\": \"1\"}");
  EXPECT_THAT(Short(Read({"-"}, To({"es"}), CorpusFormat::kJsonLines)), ElementsAre("1 1"));
}

TEST(CorpusTest, TellsHowFarItIs) {
  const TempFolder folder;
  const std::string a = folder.Write("a.txt", "abc\nabc\n");          // 8 bytes
  const std::string b = folder.Write("b.tsv", "bad\nline\n1234567");  // 16, given up at once
  const std::string c = folder.Write("c.txt", "abcdefgh");            // 8
  const auto source = OpenCorpora({a, b, c}, CorpusFormat::kByName, To({"es"}));
  ASSERT_TRUE(source.ok());
  std::vector<double> told = {(*source)->progress()};
  while ((*source)->Next()) told.push_back((*source)->progress());
  told.push_back((*source)->progress());
  EXPECT_THAT(told, ElementsAre(0, 0.125, 0.25, 0.75, 1, 1));

  const std::string empty = folder.Write("empty.txt", "");
  const auto nothing = OpenCorpora({empty}, CorpusFormat::kByName, To({"es"}));
  ASSERT_TRUE(nothing.ok());
  EXPECT_EQ((*nothing)->progress(), 0);
  EXPECT_FALSE((*nothing)->Next());
  EXPECT_EQ((*nothing)->progress(), 1);

  const Stdin input("");
  const auto with_stdin = OpenCorpora({a, "-"}, CorpusFormat::kByName, To({"es"}));
  ASSERT_TRUE(with_stdin.ok());
  EXPECT_LT((*with_stdin)->progress(), 0);
}

}  // namespace
}  // namespace signalbook::check
