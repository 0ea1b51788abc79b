// The language pairs Apertium has installed: `NAME.mode` files, each one shell pipeline.
//
//   eng-spa.mode   lt-proc '/usr/…/eng-spa.automorf.bin' | apertium-tagger -g $2 '/usr/…' | …
//
// Mode files are installed data, but still only the plain subset that every released pair uses is
// understood: words, quotes, `|`, and the two parameters. No shell runs.
//
// Immutable values, any thread.
#ifndef SIGNALBOOK_TRANSLATOR_MODELS_APERTIUM_MODE_H_
#define SIGNALBOOK_TRANSLATOR_MODELS_APERTIUM_MODE_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "translator/models/process_pipeline.h"

namespace signalbook {

struct ApertiumMode {
  std::string name;           // "spa-eng_US"
  std::string source_locale;  // BCP 47: "es"
  std::string target_locale;  // BCP 47: "en-US"
  std::string version;        // of the Debian package the data came in; empty when unknown
  std::vector<ProcessPipeline::Command> commands;  // with null flush
};

// BCP 47 of one side of a mode's name: "eng" → "en", "spa_LATAM" → "es-419", "eng_US" → "en-US",
// "cat_valencia" → "ca-valencia", "srp_Latn" → "sr-Latn". nullopt when it is none.
std::optional<std::string> LocaleOfApertiumCode(std::string_view code);

// The programs of a mode file's pipeline, ready to serve many requests:
//   * every program gets `-z`, as `apertium -z` does: flush at NUL;
//   * `$1`, the generator's flag, is `-g`, which marks unknown words (`*Ana`); the gate must see
//     them. `$2`, the tagger's, is nothing.
// InvalidArgument, with the reason, for anything that would take a shell.
absl::StatusOr<std::vector<ProcessPipeline::Command>> ParseApertiumMode(std::string_view line);

// Every translation mode of a directory that can be used, by name. Debugging modes
// ("eng-spa-tagger") and files that need a shell are skipped; a missing directory has none.
// `dpkg_status` is dpkg's database, where versions are looked up; it may be missing.
std::vector<ApertiumMode> LoadApertiumModes(const std::string& directory,
                                            const std::string& dpkg_status);

// The mode that serves a request best; nullptr when none does. Language and script (the likely one,
// if a tag has none) must be the mode's: zh-Hant does not match `zho`. Among those, a mode of the
// request's region or variant (es-AR: `spa_LATAM`) wins over one of no region, that over any other.
const ApertiumMode* FindApertiumMode(const std::vector<ApertiumMode>& modes,
                                     std::string_view source_locale,
                                     std::string_view target_locale);

}  // namespace signalbook

#endif  // SIGNALBOOK_TRANSLATOR_MODELS_APERTIUM_MODE_H_
