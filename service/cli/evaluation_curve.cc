#include "service/cli/evaluation_curve.h"

#include <algorithm>

#include "absl/strings/str_format.h"
#include "service/strings.h"

namespace signalbook {
namespace {

constexpr int kWidth = 640, kHeight = 420, kLeft = 60, kTop = 30, kLegend = 130;
constexpr double kMostFalse = 5;  // per cent, the right edge
constexpr double kLeastDetected = 0;

double X(double percent) { return kLeft + kWidth * std::min(percent, kMostFalse) / kMostFalse; }
double Y(double percent) { return kTop + kHeight * (100 - percent) / (100 - kLeastDetected); }

std::string Color(size_t index, size_t count) {
  return absl::StrFormat("hsl(%d,70%%,%d%%)",
                         static_cast<int>(360 * index / std::max<size_t>(count, 1)),
                         index % 2 == 0 ? 38 : 55);
}

}  // namespace

std::string CurveSvg(const std::vector<Measurement>& measurements) {
  std::vector<const Measurement*> shown;
  for (const Measurement& m : measurements) {
    if (!m.curve.empty() && !m.labelled) shown.push_back(&m);
  }
  const int height = std::max(kTop + kHeight + 50, kTop + 14 * static_cast<int>(shown.size()) + 10);
  std::string svg = absl::StrFormat(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" "
      "font-family=\"sans-serif\" font-size=\"11\">\n"
      "<title>The gate: good translations refused against detached ones detected</title>\n"
      "<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>\n",
      kLeft + kWidth + kLegend, height);
  for (int percent = 0; percent <= 5; ++percent) {
    svg += absl::StrFormat(
        "<line x1=\"%g\" y1=\"%d\" x2=\"%g\" y2=\"%d\" stroke=\"%s\"/>"
        "<text x=\"%g\" y=\"%d\" text-anchor=\"middle\">%d %%</text>\n",
        X(percent), kTop, X(percent), kTop + kHeight, percent == 1 ? "#888" : "#ddd", X(percent),
        kTop + kHeight + 16, percent);
  }
  for (int percent = 0; percent <= 100; percent += 20) {
    svg += absl::StrFormat(
        "<line x1=\"%d\" y1=\"%g\" x2=\"%d\" y2=\"%g\" stroke=\"#ddd\"/>"
        "<text x=\"%d\" y=\"%g\" text-anchor=\"end\">%d %%</text>\n",
        kLeft, Y(percent), kLeft + kWidth, Y(percent), kLeft - 6, Y(percent) + 4, percent);
  }
  svg += absl::StrFormat(
      "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">good translations refused (dots: the default "
      "threshold)</text>\n<text x=\"%d\" y=\"18\">detached translations detected</text>\n",
      kLeft + kWidth / 2, kTop + kHeight + 38, kLeft);
  for (size_t i = 0; i < shown.size(); ++i) {
    const Measurement& m = *shown[i];
    const std::string color = Color(i, shown.size());
    std::string points;
    std::string dot;
    for (const Measurement::CurvePoint& point : m.curve) {
      points += absl::StrFormat("%g,%g ", X(point.good.percent()), Y(point.detached.percent()));
      if (point.margin != 0) continue;
      dot = absl::StrFormat("<circle cx=\"%g\" cy=\"%g\" r=\"3\" fill=\"%s\"/>",
                            X(point.good.percent()), Y(point.detached.percent()), color);
    }
    const int legend_y = kTop + 14 * static_cast<int>(i) + 8;
    svg += absl::StrFormat(
        "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\"/>%s"
        "<text x=\"%d\" y=\"%d\" fill=\"%s\">%s → %s  %.1f %%, %.0f %%</text>\n",
        points, color, dot, kLeft + kWidth + 12, legend_y, color, m.from, m.to, m.good.percent(),
        m.detached.percent());
  }
  return svg + "</svg>\n";
}

}  // namespace signalbook
