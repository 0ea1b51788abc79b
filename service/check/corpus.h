// Corpora: files of cases, streamed.
//
// JSON Lines (.jsonl, .ndjson), one object a line; unknown members are an error:
//
//   {"id": "canada", "source": "他在🇨🇦等你。", "from": "zh", "to": "en", "emoji": "name",
//    "policy": "guarded", "dialects": ["slack"], "market": "CN", "candidate": "He's in prison",
//    "origin": "https://…",
//    "expect": {"text": "…", "contains": ["Canada"], "not_contains": ["prison"],
//               "verdict": "partly_refused", "reasons": ["GUARDED_CONCEPT"], "rules": ["imprisonment"],
//               "pieces": [{"text": "Canada", "licence": "BOOK", "kind": "EMOJI", "key": "1F1E8-1F1E6"}],
//               "emoji_preserved": true, "error": "INVALID_UTF8"}}
//
//   "source" is required; "source_base64" takes its place for bytes that are not UTF-8. "to" may be left out
//   where the command line gives one, and may be a list: one case each. `"expect": null` or none: the law alone.
//   A piece may also say its "reason". Each member stands there once.
//
// TSV (.tsv): the first line that is not a comment ("#" then a space, or "#" alone) names the columns: any of
//   id source from to emoji policy dialects market candidate text contains not_contains verdict reasons rules
//   emoji_preserved error origin
// An empty cell says nothing. Lists (as in JSON, "to" among them) are separated by " | "; \u{7C} is a "|" that
// separates nothing. In cells \t \n \r \\ \u{1F1E8} and, for messages
// that are not UTF-8, \xFF are escapes (escape.h); a backslash before anything else is an error.
// Comments may stand anywhere: a first cell that begins with "# " is written "\u{23} ". Where the columns can't be
// understood, that is one bad line and the rest of the file is not read; so is a file of any format in UTF-16.
//
// Raw (all other names; stdin, named "-"): one message a line, as it is, a CR included; empty lines are left
// out. The law is the expectation. Needs a target language from the command line.
//
// JSON Lines and TSV: a CR before the LF is none of the line, and empty lines are left out. All formats: a byte
// order mark at the start of the file is skipped; the last line needs no LF.
//
// Wire names of enums are written without their prefix, in any case of letters: BOOK, partly_refused. Expected
// texts are put into NFC. Languages, dialects, markets and error reasons are not looked up here.
//
// A bad line is reported with what is wrong and the next one is read. A line of more than 1 MiB or one that is not
// UTF-8 is bad. Columns and bytes in messages count from 1. A file that stops being readable is a bad line.
#ifndef SIGNALBOOK_SERVICE_CHECK_CORPUS_H_
#define SIGNALBOOK_SERVICE_CHECK_CORPUS_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "service/check/case.h"

namespace signalbook::check {

enum class CorpusFormat { kByName, kJsonLines, kTsv, kRaw };

// What a case has that does not say so itself. A case that leaves out "to" (or "emoji") is one case for each
// of `to` (of `modes`), in that order.
struct CaseDefaults {
  std::string from;
  std::vector<std::string> to;
  std::vector<v1::EmojiMode> modes = {v1::EMOJI_MODE_KEEP};
  v1::Policy policy = v1::POLICY_GUARDED;
  std::vector<std::string> dialects;
  std::string market;
  std::optional<std::string> candidate;
};

// The cases of `paths`, in order: files, folders (all files in them and below with one of the extensions
// .jsonl .ndjson .tsv .txt but baselines, in order of their paths, compared as bytes), "-" for stdin. A case without an id
// gets "FILE:LINE"; where it stands for several languages or modes, each id gets "→es/name" behind it, as far as
// there are several of them. Two cases of a file with the same explicit id are a bad line (only the first 1,000,000
// ids of a file are remembered). An id holds no control characters. A file that is named twice, or that stands in a
// folder named too, is read once. Links to folders are not followed; the case of an extension does not matter.
//   NotFound          a path that does not exist, a folder without corpora
//   PermissionDenied  a path that cannot be read
//   InvalidArgument   a raw corpus, and no target language in the defaults
// Nothing is read before.
absl::StatusOr<std::unique_ptr<CaseSource>> OpenCorpora(const std::vector<std::string>& paths,
                                                        CorpusFormat format,
                                                        const CaseDefaults& defaults);

}  // namespace signalbook::check

#endif  // SIGNALBOOK_SERVICE_CHECK_CORPUS_H_
