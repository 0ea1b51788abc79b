#include "service/http/form.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace signalbook {
namespace {

TEST(FormTest, Parses) {
  using Fields = std::vector<std::pair<std::string, std::string>>;
  const struct {
    const char* what;
    std::string form;
    Fields fields;
  } kRows[] = {
      {"nothing", "", {}},
      {"a field", "q=hello", {{"q", "hello"}}},
      {"spaces", "q=a+b%20c", {{"q", "a b c"}}},
      {"a plus", "q=1%2B1", {{"q", "1+1"}}},
      {"an emoji", "q=%F0%9F%87%A8%f0%9f%87%a6", {{"q", "🇨🇦"}}},
      {"in bytes, not escaped", "q=🇨🇦", {{"q", "🇨🇦"}}},
      {"a list, twice the same", "q=a&q=b&q=a", {{"q", "a"}, {"q", "b"}, {"q", "a"}}},
      {"no value", "q=&r&=s", {{"q", ""}, {"r", ""}, {"", "s"}}},
      {"separators alone", "&&q=a&", {{"q", "a"}}},
      {"an equals sign in a value", "q=a=b", {{"q", "a=b"}}},
      {"escaped separators", "q=%26%3D&r=1", {{"q", "&="}, {"r", "1"}}},
      {"no escape", "q=100%&r=%zz&s=%4", {{"q", "100%"}, {"r", "%zz"}, {"s", "%4"}}},
      {"an escape that makes an escape", "q=%2541", {{"q", "%41"}}},
      {"NUL and no UTF-8", "q=%00%FF", {{"q", std::string("\0\xFF", 2)}}},
  };
  for (const auto& row : kRows) {
    Fields fields;
    for (const LibreField& field : ParseForm(row.form))
      fields.emplace_back(field.name, field.value);
    EXPECT_EQ(fields, row.fields) << row.what;
  }
}

}  // namespace
}  // namespace signalbook
