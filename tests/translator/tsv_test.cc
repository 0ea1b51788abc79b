#include "translator/tsv.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <string>

namespace signalbook {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;

std::string Write(const std::string& content) {
  const std::string path = ::testing::TempDir() + "/tsv_test.tsv";
  std::ofstream(path, std::ios::binary) << content;
  return path;
}

TEST(ReadTsvTest, RowsAndWhereTheyStand) {
  const auto tsv = ReadTsv(Write("# head\n#\n# er\na\tb\n\t#x\n# more\nc\td"), 2);
  ASSERT_TRUE(tsv.ok()) << tsv.status();
  EXPECT_THAT(tsv->rows,
              ElementsAre(ElementsAre("a", "b"), ElementsAre("", "#x"), ElementsAre("c", "d")));
  EXPECT_THAT(tsv->lines, ElementsAre(4, 5, 7));
}

TEST(ReadTsvTest, OnlyAHeader) {
  const auto tsv = ReadTsv(Write("# head\n"), 2);
  ASSERT_TRUE(tsv.ok());
  EXPECT_TRUE(tsv->rows.empty());
}

TEST(ReadTsvTest, NamesTheLineWithTheWrongCount) {
  const auto tsv = ReadTsv(Write("# head\na\tb\na\tb\tc\n"), 2);
  EXPECT_EQ(tsv.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(tsv.status().message()),
              EndsWith("tsv_test.tsv:3: 3 columns where 2 belong"));
  EXPECT_FALSE(ReadTsv(Write("a\tb\n\nc\td\n"), 2).ok()) << "an empty line is no row";
}

TEST(ReadTsvTest, AMissingFileIsNotFound) {
  EXPECT_EQ(ReadTsv("/nowhere/at/all.tsv", 2).status().code(), absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace signalbook
