#include "translator/byte_set.h"

#include <gtest/gtest.h>

#include <bitset>
#include <random>
#include <string>

namespace signalbook {
namespace {

std::bitset<256> Of(std::initializer_list<int> bytes) {
  std::bitset<256> set;
  for (const int byte : bytes) set.set(byte);
  return set;
}

// Both ways to search, from everywhere, against a look at each byte; texts of all lengths around a step of sixteen.
TEST(ByteSetTest, FindsTheNextMember) {
  std::bitset<256> ends;
  for (int i = 0; i < 256; i += 2) ends.set(i);
  const struct {
    const char* description;
    std::bitset<256> members;
  } rows[] = {
      {"nothing", {}},
      {"everything", std::bitset<256>().set()},
      {"the first and the last byte", Of({0x00, 0xFF})},
      {"what begins an emoji", Of({0xC2, 0xE2, 0xE3, 0xEF, 0xF0, 0xF3})},
      {"neighbours at the sign", Of({0x7F, 0x80, 0x81})},
      {"as many ranges as are searched together", Of({1, 3, 5, 7, 9, 11, 13, 15})},
      {"one more", Of({1, 3, 5, 7, 9, 11, 13, 15, 17})},
      {"far too many", ends},
  };
  std::mt19937 random(1);
  for (const auto& row : rows) {
    const ByteSet set(row.members);
    for (int byte = 0; byte < 256; ++byte) {
      ASSERT_EQ(set.contains(static_cast<uint8_t>(byte)), row.members[byte]) << row.description;
    }
    for (size_t size = 0; size < 70; ++size) {
      std::string text(size, '\0');
      // Members are rare, as in chat, so that steps without one are taken too.
      for (char& c : text) {
        do {
          c = static_cast<char>(random());
        } while (row.members[static_cast<uint8_t>(c)] && random() % 16 != 0 && !row.members.all());
      }
      for (size_t from = 0; from <= size; ++from) {
        size_t next = from;
        while (next < size && !row.members[static_cast<uint8_t>(text[next])]) ++next;
        ASSERT_EQ(set.Find(text, from), next) << row.description << ", " << size << " bytes";
        ASSERT_EQ(set.FindPortably(text, from), next) << row.description;
      }
    }
  }
}

}  // namespace
}  // namespace signalbook
