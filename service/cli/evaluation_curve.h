// A picture of what thresholds of the lexicons do: false refusals against detection, a line a pair.
//
// Thread rule: a pure function.
#ifndef SIGNALBOOK_SERVICE_CLI_EVALUATION_CURVE_H_
#define SIGNALBOOK_SERVICE_CLI_EVALUATION_CURVE_H_

#include <string>
#include <vector>

#include "service/cli/evaluation.h"

namespace signalbook {

// SVG. Measurements without a curve, and labelled ones, are left out.
std::string CurveSvg(const std::vector<Measurement>& measurements);

}  // namespace signalbook

#endif  // SIGNALBOOK_SERVICE_CLI_EVALUATION_CURVE_H_
