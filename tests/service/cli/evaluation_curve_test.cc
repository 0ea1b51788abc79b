// The picture of the thresholds: well-formed, and a line for each pair that has a lexicon.
#include "service/cli/evaluation_curve.h"

#include <expat.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace signalbook {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

bool IsWellFormed(const std::string& xml) {
  const std::unique_ptr<XML_ParserStruct, decltype(&XML_ParserFree)> parser(
      XML_ParserCreate(nullptr), XML_ParserFree);
  return XML_Parse(parser.get(), xml.data(), static_cast<int>(xml.size()), 1) == XML_STATUS_OK;
}

size_t Count(std::string_view text, std::string_view part) {
  size_t count = 0;
  for (size_t at = 0; (at = text.find(part, at)) != text.npos; ++at) ++count;
  return count;
}

Measurement Measured(const char* from, const char* to) {
  Measurement m;
  m.from = from;
  m.to = to;
  m.good = {1, 100};
  m.detached = {90, 100};
  for (const size_t i : {0, 1, 2}) {
    m.curve.push_back({static_cast<double>(i) - 1, {i, 100}, {80 + 10 * i, 100}});
  }
  return m;
}

TEST(CurveSvgTest, ALineForEachPairWithALexicon) {
  Measurement labelled = Measured("en", "de");
  labelled.labelled = true;
  Measurement without = Measured("en", "ko");
  without.curve.clear();
  const std::string svg = CurveSvg({Measured("en", "es"), labelled, without, Measured("es", "en")});
  EXPECT_TRUE(IsWellFormed(svg)) << svg;
  EXPECT_EQ(Count(svg, "<polyline"), 2u);
  EXPECT_EQ(Count(svg, "<circle"), 2u);
  EXPECT_THAT(svg, HasSubstr("en → es  1.0 %, 90 %"));
  EXPECT_THAT(svg, Not(HasSubstr("ko")));
  EXPECT_THAT(svg, Not(HasSubstr("→ de")));
}

// To the right are more good ones refused, above are more detached ones detected.
TEST(CurveSvgTest, PointsStandWhereTheNumbersSay) {
  const std::string svg = CurveSvg({Measured("en", "es")});
  const size_t begin = svg.find("points=\"") + 8;
  std::vector<double> xs, ys;
  const std::string points = svg.substr(begin, svg.find('"', begin) - begin);
  const char* at = points.c_str();
  for (char* end = nullptr;; at = end) {
    const double x = std::strtod(at, &end);
    if (end == at) break;
    xs.push_back(x);
    ys.push_back(std::strtod(end + 1, &end));
  }
  ASSERT_EQ(xs.size(), 3u);
  for (int i = 1; i < 3; ++i) {
    EXPECT_GT(xs[i], xs[i - 1]);
    EXPECT_LT(ys[i], ys[i - 1]);
  }
  EXPECT_DOUBLE_EQ(xs[2] - xs[1], xs[1] - xs[0]);
}

TEST(CurveSvgTest, NothingAndMuch) {
  EXPECT_TRUE(IsWellFormed(CurveSvg({})));
  const std::string svg = CurveSvg(std::vector<Measurement>(80, Measured("zh-Hant", "es-419")));
  EXPECT_TRUE(IsWellFormed(svg));
  EXPECT_EQ(Count(svg, "<polyline"), 80u);
}

}  // namespace
}  // namespace signalbook
