// Rows, changes and proposals as lines for people. What people wrote is shown so that it cannot drive a
// terminal; --json has it as it is.
//
// Thread rule: pure functions.
#ifndef SIGNALBOOK_SERVICE_CLI_MODERATION_TEXT_H_
#define SIGNALBOOK_SERVICE_CLI_MODERATION_TEXT_H_

#include <google/protobuf/generated_enum_reflection.h>

#include <string>
#include <string_view>

#include "signalbook/v1/moderation.pb.h"

namespace signalbook {

// As it is, or in quotes where it holds control characters, which are escaped.
std::string Shown(std::string_view text);

// "2026-11-27T17:20:00Z"; empty if it is not set.
std::string TimeText(const google::protobuf::Timestamp& time);

// A value of an enum, as it is typed and shown: "missing" for ORIGIN_MISSING. Empty for what it has not.
std::string EnumWord(const google::protobuf::EnumDescriptor& values, int value);
template <typename Enum>
std::string Word(Enum value) {
  return EnumWord(*google::protobuf::GetEnumDescriptor<Enum>(), value);
}

// "names:es:1F44D" of "entries/names:es:1F44D", which every command takes too.
std::string ShortName(std::string_view entry);
// "proposals/17", also of "17".
std::string ProposalName(std::string_view argument);

// "\"Canadá\", also \"Canada\""; "blocked"; "nothing" for an empty row.
std::string RowText(const v1::Row& row);
// "\"Canadá\" → \"Kanadá\"".
std::string ChangeText(const v1::RowChange& change);
std::string FindingText(const v1::CheckFinding& finding);

// "names:es:1F1E8-1F1E6: \"Canadá\" → \"Kanadá\"".
std::string ChangeLine(const v1::Proposal& proposal);
// "proposals/17 open, 1 of 2 approvals: names:es:1F1E8-1F1E6: \"Canadá\" → \"Kanadá\"". Of one that was only
// checked, just the change.
std::string ProposalLine(const v1::Proposal& proposal);
// Everything that whoever decides has to read; lines without the last line end.
std::string ProposalText(const v1::Proposal& proposal);

}  // namespace signalbook

#endif  // SIGNALBOOK_SERVICE_CLI_MODERATION_TEXT_H_
