// NormalizationTest.txt of Unicode 15.0, as Debian's unicode-data has it: every row, and every code
// point that no row of part 1 mentions.
#include <gtest/gtest.h>

#include <cstdio>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "tests/support/test_table.h"
#include "translator/normalize.h"
#include "translator/utf8.h"

namespace signalbook {
namespace {

constexpr char kFile[] = "/usr/share/unicode/NormalizationTest.txt.bz2";

std::string Unpack(const std::string& path) {
  std::string text;
  FILE* pipe = popen(("bzip2 -dc " + path + " 2>/dev/null").c_str(), "r");
  if (pipe == nullptr) return text;
  char buffer[1 << 16];
  for (size_t n; (n = fread(buffer, 1, sizeof(buffer), pipe)) > 0;) text.append(buffer, n);
  pclose(pipe);
  return text;
}

std::string Nfc(const std::string& text) {
  const auto message = Normalize(text);
  return message.ok() ? std::string(message->text()) : "not UTF-8";
}

TEST(NormalizationTest, EveryRowAndEveryOtherCodePoint) {
  std::istringstream file(Unpack(kFile));
  std::string line;
  bool in_part_1 = false;
  std::set<std::string> listed;
  int rows = 0;
  while (std::getline(file, line)) {
    if (line.starts_with("@")) in_part_1 = line.starts_with("@Part1");
    if (line.empty() || line[0] == '#' || line[0] == '@') continue;
    std::istringstream cells(line);
    std::vector<std::string> c(1);  // the columns are called c1 to c5
    for (std::string cell; c.size() <= 5 && std::getline(cells, cell, ';');) {
      c.push_back(FromHex(cell));
    }
    ASSERT_EQ(c.size(), 6u) << line;
    for (int source : {1, 2, 3}) EXPECT_EQ(Nfc(c[source]), c[2]) << line;
    for (int source : {4, 5}) EXPECT_EQ(Nfc(c[source]), c[4]) << line;
    if (in_part_1) listed.insert(c[1]);
    ++rows;
  }
  if (rows == 0) GTEST_SKIP() << "Debian's unicode-data and bzip2 are not installed";
  EXPECT_EQ(rows, 19074);

  int others = 0;
  for (char32_t code_point = 0; code_point <= kLastCodePoint; ++code_point) {
    if (code_point >= 0xD800 && code_point <= 0xDFFF) continue;
    std::string text;
    AppendUtf8(code_point, &text);
    if (listed.contains(text)) continue;
    const auto message = Normalize(text);
    ASSERT_TRUE(message.ok() && !message->changed()) << std::hex << uint32_t{code_point};
    ++others;
  }
  RecordProperty("rows", rows);
  RecordProperty("other_code_points", others);
}

}  // namespace
}  // namespace signalbook
