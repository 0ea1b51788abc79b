// signalbook entries preview: messages as they are translated now, and as they would be.
#include <CLI/CLI.hpp>
#include <iterator>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "service/cli/messages.h"
#include "service/cli/moderation/command.h"
#include "service/cli/moderation/text.h"
#include "service/strings.h"

namespace signalbook {
namespace {

constexpr char kFooter[] =
    "Prints each translation as it is now, and as it would be with the proposals approved.\n"
    "\n"
    "Examples:\n"
    "  signalbook entries preview --proposal 17 --from en --to es 'I love 🇨🇦'\n"
    "  signalbook entries preview --proposal 17 --proposal 18 --to es --json < messages.txt\n";

// As `signalbook translate` has them.
constexpr std::pair<const char*, v1::EmojiMode> kModes[] = {
    {"keep", v1::EMOJI_MODE_KEEP},
    {"name", v1::EMOJI_MODE_NAME},
    {"both", v1::EMOJI_MODE_KEEP_AND_NAME},
};

struct PreviewOptions : CommandOptions {
  v1::PreviewTranslationRequest request;  // all but the contents, the proposals and the emoji mode
  std::vector<std::string> proposals;
  std::string emoji = "name";
  CLI::Option* text = nullptr;
};

std::string PreviewText(const v1::PreviewTranslationResponse& response) {
  std::string text;
  for (int i = 0; i < response.now().translations_size(); ++i) {
    absl::StrAppend(&text, i == 0 ? "" : "\n", "now   ",
                    Shown(response.now().translations(i).translated_text()), "\nthen  ",
                    Shown(response.then().translations(i).translated_text()));
  }
  return text;
}

absl::StatusOr<int> Preview(Connection& connection, const PreviewOptions& options) {
  v1::PreviewTranslationRequest request = options.request;
  for (const std::string& name : options.proposals) request.add_proposals(ProposalName(name));
  for (const auto& [name, mode] : kModes) {
    if (options.emoji == name) request.mutable_request()->set_emoji_mode(mode);
  }
  return ForEachMessage(
      "entries preview", *options.text, [&](const std::string& message) -> absl::Status {
        request.mutable_request()->clear_contents();
        request.mutable_request()->add_contents(message);
        const auto response = connection.Call(&ModerationStub::PreviewTranslation, request);
        if (!response.ok()) return response.status();
        PrintMessage(options, *response, PreviewText);
        return absl::OkStatus();
      });
}

}  // namespace

void AddEntriesPreview(CLI::App* entries, int* exit_code) {
  auto options = std::make_shared<PreviewOptions>();
  CLI::App* preview = AddCommand(entries,
                                 {"preview", "Translates messages as proposals would have it.",
                                  "PreviewTranslationResponse", kFooter},
                                 options, Preview, exit_code);
  options->text = AddTextArguments(preview);
  AddWords(preview, "--proposal", &options->proposals, "A proposal; may be repeated")
      ->type_name("NAME")
      ->required();
  v1::TranslateTextRequest* request = options->request.mutable_request();
  preview
      ->add_option("--from", *request->mutable_source_language_code(),
                   "Language of the messages; without it, it is detected")
      ->type_name("LANGUAGE");
  preview
      ->add_option("--to", *request->mutable_target_language_code(), "Language wanted: es, zh-Hant")
      ->type_name("LANGUAGE")
      ->required();
  preview->add_option("--market", *request->mutable_market(), "Market whose naming rules apply: CN")
      ->type_name("NAME");
  std::vector<std::string> modes;
  for (const auto& [name, mode] : kModes) modes.emplace_back(name);
  preview->add_option("--emoji", options->emoji, "What becomes of emoji; default: their name")
      ->type_name("keep|name|both")
      ->check(CLI::IsMember(modes).description(""));
}

}  // namespace signalbook
