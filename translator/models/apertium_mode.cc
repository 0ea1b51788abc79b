#include "translator/models/apertium_mode.h"

#include <unicode/bytestream.h>
#include <unicode/locid.h>
#include <unicode/region.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace signalbook {
namespace {

constexpr std::string_view kExtension = ".mode";

std::string ReadFile(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

// --- The pipeline ---

// Splits a line into commands the way a shell would, for the subset that needs none.
class ModeParser {
 public:
  absl::StatusOr<std::vector<ProcessPipeline::Command>> Parse(std::string_view line) {
    for (size_t i = 0; i < line.size(); ++i) {
      const char c = line[i];
      if (c == '\'' || c == '"') {
        const size_t close = line.find(c, i + 1);
        if (close == std::string_view::npos) return Unsupported("an open quote");
        const std::string_view quoted = line.substr(i + 1, close - i - 1);
        if (c == '"' && quoted.find_first_of("$`\\") != std::string_view::npos) {
          return Unsupported("an expansion in double quotes");
        }
        Append(quoted);
        i = close;
      } else if (c == '$') {
        const char parameter = i + 1 < line.size() ? line[++i] : '\0';
        if (parameter == '1') {
          Append("-g");
        } else if (parameter != '2') {
          return Unsupported("an expansion");
        }
      } else if (c == '|') {
        if (!EndCommand()) return Unsupported("an empty command");
      } else if (absl::ascii_isspace(c)) {
        EndWord();
      } else if (std::string_view("\\`;&<>(){}*?[]#~!").find(c) != std::string_view::npos) {
        return Unsupported("an unquoted character with a meaning to the shell");
      } else {
        Append(line.substr(i, 1));
      }
    }
    if (!EndCommand()) return Unsupported("an empty command");
    return std::move(commands_);
  }

 private:
  static absl::Status Unsupported(absl::string_view what) {
    return absl::InvalidArgumentError(absl::StrCat("a mode with ", what));
  }

  void Append(std::string_view text) {  // "" too: quotes make a word even when they are empty
    if (!word_) word_.emplace();
    word_->append(text);
  }

  void EndWord() {
    if (!word_) return;
    command_.push_back(*std::exchange(word_, std::nullopt));
    if (command_.size() == 1) command_.push_back("-z");
  }

  bool EndCommand() {
    EndWord();
    if (command_.empty()) return false;
    commands_.push_back(std::exchange(command_, {}));
    return true;
  }

  std::optional<std::string> word_;
  ProcessPipeline::Command command_;
  std::vector<ProcessPipeline::Command> commands_;
};

// The package that installed the data of a pair: /usr/share/apertium/PACKAGE/eng-spa.prob.
std::string PackageOf(const std::vector<ProcessPipeline::Command>& commands) {
  for (const ProcessPipeline::Command& command : commands) {
    for (const std::string& word : command) {
      const std::filesystem::path path(word);
      if (path.is_absolute() && path != command.front()) {
        return path.parent_path().filename().string();
      }
    }
  }
  return "";
}

// Package → version, for Apertium's packages, from dpkg's database: stanzas of "Field: value".
absl::flat_hash_map<std::string, std::string> ReadVersions(const std::string& dpkg_status) {
  absl::flat_hash_map<std::string, std::string> versions;
  std::ifstream file(dpkg_status);
  std::string package;
  for (std::string line; std::getline(file, line);) {
    absl::string_view value = line;
    if (absl::ConsumePrefix(&value, "Package: ")) {
      package = std::string(value);
    } else if (absl::ConsumePrefix(&value, "Version: ") && package.starts_with("apertium")) {
      versions[package] = std::string(value);
    }
  }
  return versions;
}

// --- Locales ---

// "eng-spa" → "eng", "spa". Exactly one hyphen: more of them name a debugging mode.
std::optional<std::pair<std::string, std::string>> SplitName(std::string_view name) {
  const size_t hyphen = name.find('-');
  if (hyphen == std::string_view::npos || name.find('-', hyphen + 1) != std::string_view::npos) {
    return std::nullopt;
  }
  return std::pair(std::string(name.substr(0, hyphen)), std::string(name.substr(hyphen + 1)));
}

std::optional<icu::Locale> ParseTag(std::string_view tag) {
  UErrorCode status = U_ZERO_ERROR;
  icu::Locale locale = icu::Locale::forLanguageTag(
      icu::StringPiece(tag.data(), static_cast<int32_t>(tag.size())), status);
  if (U_FAILURE(status) || locale.isBogus() || *locale.getLanguage() == '\0') return std::nullopt;
  return locale;
}

// 0 when a mode's locale cannot serve the one asked for, else the higher the better.
int Affinity(const icu::Locale& mode, const icu::Locale& asked) {
  UErrorCode status = U_ZERO_ERROR;
  icu::Locale full_mode(mode), full_asked(asked);
  full_mode.addLikelySubtags(status);
  full_asked.addLikelySubtags(status);
  if (U_FAILURE(status)) return 0;
  const auto same = [](const char* a, const char* b) { return std::string_view(a) == b; };
  if (!same(full_mode.getLanguage(), full_asked.getLanguage()) ||
      !same(full_mode.getScript(), full_asked.getScript())) {
    return 0;
  }
  const bool general = *mode.getCountry() == '\0' && *mode.getVariant() == '\0';
  if (general) return 2;
  bool same_region = same(mode.getCountry(), asked.getCountry());
  if (!same_region && *mode.getCountry() != '\0' && *asked.getCountry() != '\0') {
    const icu::Region* outer = icu::Region::getInstance(mode.getCountry(), status);
    const icu::Region* inner = icu::Region::getInstance(asked.getCountry(), status);
    same_region = U_SUCCESS(status) && outer->contains(*inner);
  }
  return same_region && same(mode.getVariant(), asked.getVariant()) ? 3 : 1;
}

}  // namespace

std::optional<std::string> LocaleOfApertiumCode(std::string_view code) {
  const size_t underscore = code.find('_');
  const std::string language(code.substr(0, underscore));
  if (language.size() < 2 || language.size() > 3) return std::nullopt;
  std::string variant;
  if (underscore != std::string_view::npos) variant = code.substr(underscore + 1);
  if (variant == "LATAM") variant = "419";
  const std::optional<icu::Locale> locale =
      ParseTag(variant.empty() ? language : absl::StrCat(language, "-", variant));
  if (!locale) return std::nullopt;
  UErrorCode status = U_ZERO_ERROR;
  std::string tag =
      icu::Locale::createCanonical(locale->getName()).toLanguageTag<std::string>(status);
  if (U_FAILURE(status) || tag == "und") return std::nullopt;
  return tag;
}

absl::StatusOr<std::vector<ProcessPipeline::Command>> ParseApertiumMode(std::string_view line) {
  return ModeParser().Parse(line);
}

std::vector<ApertiumMode> LoadApertiumModes(const std::string& directory,
                                            const std::string& dpkg_status) {
  std::vector<ApertiumMode> modes;
  const auto versions = ReadVersions(dpkg_status);
  std::error_code error;
  std::filesystem::directory_iterator entry(directory, error), end;
  for (; !error && entry != end; entry.increment(error)) {
    const std::string file_name = entry->path().filename().string();
    std::string_view name = file_name;
    if (!name.ends_with(kExtension)) continue;
    name.remove_suffix(kExtension.size());
    const auto codes = SplitName(name);
    if (!codes) continue;
    const auto source = LocaleOfApertiumCode(codes->first);
    const auto target = LocaleOfApertiumCode(codes->second);
    auto commands = ParseApertiumMode(ReadFile(entry->path()));
    if (!source || !target || !commands.ok()) continue;
    const auto version = versions.find(PackageOf(*commands));
    modes.push_back({.name = std::string(name),
                     .source_locale = *source,
                     .target_locale = *target,
                     .version = version == versions.end() ? "" : version->second,
                     .commands = *std::move(commands)});
  }
  std::sort(modes.begin(), modes.end(),
            [](const ApertiumMode& a, const ApertiumMode& b) { return a.name < b.name; });
  return modes;
}

const ApertiumMode* FindApertiumMode(const std::vector<ApertiumMode>& modes,
                                     std::string_view source_locale,
                                     std::string_view target_locale) {
  const auto source = ParseTag(source_locale);
  const auto target = ParseTag(target_locale);
  if (!source || !target) return nullptr;
  const ApertiumMode* best = nullptr;
  int best_affinity = 0;
  for (const ApertiumMode& mode : modes) {
    const auto mode_source = ParseTag(mode.source_locale);
    const auto mode_target = ParseTag(mode.target_locale);
    if (!mode_source || !mode_target) continue;
    const int from = Affinity(*mode_source, *source);
    const int to = Affinity(*mode_target, *target);
    if (from == 0 || to == 0 || from + to <= best_affinity) continue;
    best = &mode;
    best_affinity = from + to;
  }
  return best;
}

}  // namespace signalbook
