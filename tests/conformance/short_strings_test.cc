// All strings of up to five code points, one code point for each thing the grammar can tell apart.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/support/invariants.h"
#include "tests/support/test_table.h"
#include "translator/emoji.h"

namespace signalbook {
namespace {

constexpr int kLongest = 5;

int CheckAll(const std::vector<std::string>& alphabet, int length, std::string* text) {
  const size_t size = text->size();
  int checked = 0;
  for (const std::string& c : alphabet) {
    *text += c;
    const auto broken = BrokenBySegmentText(*text);
    if (broken) ADD_FAILURE() << *broken << ": " << KeyOf(*text);
    ++checked;
    if (length > 1 && !::testing::Test::HasFailure())
      checked += CheckAll(alphabet, length - 1, text);
    text->resize(size);
  }
  return checked;
}

TEST(ShortStringsTest, InvariantsHold) {
  std::vector<std::string> alphabet;
  for (const char* hex :
       {"0061", "0031", "2764", "261D", "231A", "1F44D", "1F600", "1F3F4", "1FC00", "1F3FB",
        "1F1E8", "200D", "FE0E", "FE0F", "20E3", "E0067", "E007F"}) {
    alphabet.push_back(FromHex(hex));
  }
  std::string text;
  RecordProperty("strings", CheckAll(alphabet, kLongest, &text));
}

}  // namespace
}  // namespace signalbook
