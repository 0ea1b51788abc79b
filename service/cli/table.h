// What a person reads: tables of pieces and clusters.
#ifndef SIGNALBOOK_SERVICE_CLI_TABLE_H_
#define SIGNALBOOK_SERVICE_CLI_TABLE_H_

#include <string>
#include <string_view>
#include <vector>

#include "signalbook/v1/translation.pb.h"

namespace signalbook {

// Columns padded to their widest cell, except the last one, which may therefore hold text of any
// width (an emoji is as wide as the terminal likes).
class Table {
 public:
  explicit Table(std::vector<std::string> header) : rows_{std::move(header)} {}
  void Add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
  // Lines without the last line end, each indented by two spaces.
  std::string Render() const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

// The text in quotes, with control characters escaped: a message must not drive the terminal.
std::string Quoted(std::string_view text);

std::string PieceTable(const v1::Translation& translation);
std::string ClusterTable(const v1::Analysis& analysis);
std::string CheckTable(const v1::JudgeCandidateResponse& judgement);

// "NO_MODEL (en-xx): …".
std::string Describe(const v1::Refusal& refusal);

}  // namespace signalbook

#endif  // SIGNALBOOK_SERVICE_CLI_TABLE_H_
