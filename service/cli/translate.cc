#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "service/cli/backend.h"
#include "service/cli/cli.h"
#include "service/cli/json.h"
#include "service/cli/messages.h"
#include "service/cli/table.h"
#include "service/strings.h"

namespace signalbook {
namespace {

constexpr char kFooter[] =
    "Prints the translation of each, and on stderr what was refused and why: that part stands\n"
    "as in the message. Runs the engines installed on this machine unless --server is given.\n"
    "\n"
    "Examples:\n"
    "  signalbook translate --from en --to es 'I love 🇨🇦!'\n"
    "  signalbook translate --to es --emoji name --pieces '🇨🇦'\n"
    "  signalbook translate --from en --to es --json < messages.txt | jq -r .translatedText\n"
    "  signalbook translate --to fr --server 127.0.0.1:50051 -- '-5 °C ❄️'\n"
    "\n"
    "Pieces: every byte of a translation has one licence. BOOK and PHRASE: approved by people, "
    "the\n"
    "row is named. COPY: stands in the message. MODEL: proposed by a model, let out by the gate.\n"
    "Ranges are UTF-8 bytes, half-open.\n"
    "\n"
    "Exit codes: 0 all messages were answered; 1 with --check, something was refused; 2 the "
    "command\n"
    "line or a message is wrong (not UTF-8, too long); 3 internal error, no server.";

struct Options {
  v1::TranslateTextRequest request;  // all but the contents
  std::vector<std::string> dialects;
  v1::EmojiMode emoji_mode = v1::EMOJI_MODE_KEEP;
  v1::Policy policy = v1::POLICY_GUARDED;
  BackendOptions backend;
  bool json = false;
  bool pieces = false;
  bool check = false;
  CLI::Option* text = nullptr;
};

// Refusals as a person wants to see them: each reason once a message.
void NoteRefusals(const v1::Translation& translation) {
  std::map<std::string, std::string> ranges;
  for (const v1::Piece& piece : translation.pieces()) {
    if (!piece.has_refusal()) continue;
    std::string& list = ranges[Describe(piece.refusal())];
    absl::StrAppend(&list, list.empty() ? "" : ", ", piece.source_range().begin(), "-",
                    piece.source_range().end());
  }
  for (const auto& [refusal, list] : ranges) {
    std::fprintf(stderr, "signalbook translate: bytes %s refused: %s\n", list.c_str(),
                 refusal.c_str());
  }
}

bool Print(const v1::Translation& translation, const Options& options) {
  if (options.json) return PrintLine(ToJsonLine(translation));
  if (!PrintLine(translation.translated_text())) return false;
  if (!options.pieces) {
    NoteRefusals(translation);
    return true;
  }
  return translation.pieces().empty() || PrintLine(PieceTable(translation));
}

int Translate(const Options& options) {
  absl::StatusOr<std::unique_ptr<Backend>> backend = MakeBackend(options.backend);
  if (!backend.ok()) return ReportError("translate", backend.status());

  v1::TranslateTextRequest request = options.request;
  request.set_emoji_mode(options.emoji_mode);
  request.set_policy(options.policy);
  request.mutable_dialects()->Add(options.dialects.begin(), options.dialects.end());
  bool refused = false;
  const int exit_code =
      ForEachMessage("translate", *options.text, [&](const std::string& message) -> absl::Status {
        request.clear_contents();
        request.add_contents(message);
        absl::StatusOr<v1::TranslateTextResponse> response = (*backend)->Translate(request);
        if (!response.ok()) return response.status();
        const v1::Translation& translation = response->translations(0);
        for (const v1::Piece& piece : translation.pieces()) refused |= piece.has_refusal();
        return Print(translation, options) ? absl::OkStatus() : absl::CancelledError();
      });
  return exit_code == kExitClean && options.check && refused ? kExitFindings : exit_code;
}

// Takes one of these words for an enum's value. CLI11's own transformer takes the numbers too, and
// its complaint is not for people.
CLI::Validator OneOf(std::vector<std::pair<std::string, int>> words) {
  return CLI::Validator(
      [words = std::move(words)](std::string& word) {
        std::string known;
        for (const auto& [name, value] : words) {
          if (name == word) {
            word = std::to_string(value);
            return std::string();
          }
          known += (known.empty() ? "" : ", ") + name;
        }
        return StrCat("\"", word, "\" is not one of ", known);
      },
      "");
}

}  // namespace

void AddTranslate(CLI::App* app, int* exit_code) {
  CLI::App* command = app->add_subcommand("translate", "Translates messages.");
  command->footer(kFooter);
  auto options = std::make_shared<Options>();
  options->text = AddTextArguments(command);
  command
      ->add_option("--from", *options->request.mutable_source_language_code(),
                   "Language of the messages, BCP 47; without it, it is detected")
      ->type_name("LANGUAGE");
  command
      ->add_option("--to", *options->request.mutable_target_language_code(),
                   "Language wanted, BCP 47: es, zh-Hant")
      ->type_name("LANGUAGE")
      ->required();
  command
      ->add_option("--emoji", options->emoji_mode,
                   "What becomes of emoji: keep them, their approved name, or both")
      ->type_name("keep|name|both")
      ->transform(OneOf({{"keep", v1::EMOJI_MODE_KEEP},
                         {"name", v1::EMOJI_MODE_NAME},
                         {"both", v1::EMOJI_MODE_KEEP_AND_NAME}}));
  command
      ->add_option("--policy", options->policy,
                   "What may leave: what the gate licenses, or only what people approved")
      ->type_name("guarded|strict")
      ->transform(OneOf({{"guarded", v1::POLICY_GUARDED}, {"strict", v1::POLICY_STRICT}}));
  command
      ->add_option(
          "--dialect", options->dialects,
          "Shortcode set to recognise: github, slack, discord, emojibase, wechat, emoticons")
      ->type_name("NAME")
      ->take_all()
      ->expected(1)
      ->allow_extra_args(false);
  command
      ->add_option("--market", *options->request.mutable_market(),
                   "Market whose naming rules apply: CN, TW, …")
      ->type_name("NAME");
  AddBackendOptions(command, &options->backend);
  command->add_flag("--json", options->json,
                    "Print a signalbook.v1.Translation in protobuf's JSON, one line a message");
  command->add_flag("-v,--pieces", options->pieces, "Print what the translation is made of");
  command->add_flag("--check", options->check, "Exit 1 when anything was refused");
  command->callback([options, exit_code] { *exit_code = Translate(*options); });
}

}  // namespace signalbook
