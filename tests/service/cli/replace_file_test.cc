// A file is replaced as a whole or not at all.
#include "service/cli/replace_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "tests/service/cli/temp_folder.h"

namespace signalbook {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(ReplaceFileTest, WritesWhatItIsGiven) {
  const TempFolder folder;
  for (const std::string& content :
       {std::string("new"), std::string("shorter than before? no: longer"), std::string(),
        std::string("a\0b\r\n\xFF", 6), std::string(3'000'000, 'x')}) {
    ASSERT_TRUE(ReplaceFile(folder.path() + "/file", content).ok());
    EXPECT_EQ(folder.Read("file"), content);
    EXPECT_THAT(folder.Names(), ElementsAre("file")) << "nothing else is left behind";
  }
}

// A server that has mapped the old file must not see the new one under its hands.
TEST(ReplaceFileTest, WhoHasTheOldFileOpenKeepsIt) {
  const TempFolder folder;
  std::ifstream reader(folder.Write("file", "old content"));
  reader.get();
  ASSERT_TRUE(ReplaceFile(folder.path() + "/file", "new").ok());
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(reader), {}), "ld content");
}

TEST(ReplaceFileTest, WhatCannotBeWrittenIsSaidAndLeavesNothing) {
  const TempFolder folder;
  folder.Write("folder/file", "x");
  const struct {
    const char* path;
    const char* why;
  } kRows[] = {
      {"/missing/file", "No such file or directory"},
      {"/folder", "Is a directory"},
      {"/folder/file/file", "Not a directory"},
  };
  for (const auto& row : kRows) {
    const absl::Status status = ReplaceFile(folder.path() + row.path, "new");
    EXPECT_EQ(status.code(), absl::StatusCode::kInternal) << row.path;
    EXPECT_THAT(std::string(status.message()),
                AllOf(HasSubstr(row.path), HasSubstr("cannot be written"), HasSubstr(row.why)));
  }
  EXPECT_THAT(folder.Names(), ElementsAre("folder"));
  EXPECT_EQ(folder.Read("folder/file"), "x");
}

}  // namespace
}  // namespace signalbook
