#include "service/cli/moderation/command.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <limits>

#include "absl/strings/ascii.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "service/cli/messages.h"
#include "service/cli/moderation/text.h"
#include "service/strings.h"

namespace signalbook {
namespace {

std::vector<std::string> WordsOf(const google::protobuf::EnumDescriptor& values) {
  std::vector<std::string> words;
  for (int i = 1; i < values.value_count(); ++i) {
    words.push_back(EnumWord(values, values.value(i)->number()));
  }
  return words;
}

// 0: there is none. Capitals and "_" are those of the enum itself.
int ValueOf(const google::protobuf::EnumDescriptor& values, const std::string& typed) {
  const std::string word = absl::StrReplaceAll(absl::AsciiStrToLower(typed), {{"_", "-"}});
  for (int i = 1; i < values.value_count(); ++i) {
    const int value = values.value(i)->number();
    if (EnumWord(values, value) == word) return value;
  }
  return 0;
}

}  // namespace

void AddServerOptions(CLI::App* command, ConnectionOptions* options) {
  AddConnectionOptions(command, options);
  for (CLI::Option* option : command->get_options()) {
    if (option != command->get_help_ptr()) option->group("Server");
  }
}

CLI::App* AddCommand(CLI::App* group, const CommandText& text, CommandOptions* options,
                     std::function<absl::StatusOr<int>(Connection&)> run, int* exit_code) {
  CLI::App* command = group->add_subcommand(text.name, text.description);
  command->footer(StrCat(text.footer, "\n", kConnectionHelp));
  AddServerOptions(command, &options->connection);
  command->add_flag(
      "--json", options->json,
      StrCat("Print signalbook.v1.", text.message, " in protobuf's JSON, one a line"));
  const std::string name = StrCat(group->get_name(), " ", text.name);
  command->callback([options, run = std::move(run), name, exit_code] {
    absl::StatusOr<Connection> connection = Connection::Open(options->connection);
    const absl::StatusOr<int> result =
        connection.ok() ? run(*connection) : absl::StatusOr<int>(connection.status());
    *exit_code = result.ok() ? *result : ReportError(name, result.status());
  });
  return command;
}

CLI::Option* AddWords(CLI::App* command, const std::string& name, std::string* words,
                      const std::string& help) {
  return command
      ->add_option(
          name,
          [words](const CLI::results_t& typed) {
            *words = UnshieldArgument(typed.front());
            return true;
          },
          help)
      ->type_name("TEXT");
}

CLI::Option* AddWords(CLI::App* command, const std::string& name, std::vector<std::string>* words,
                      const std::string& help) {
  // Taken as typed: CLI11 would convert a lone "{}" to an empty list.
  return Repeated(command
                      ->add_option(
                          name,
                          [command, name, words](const CLI::results_t&) {
                            for (const std::string& typed : command->get_option(name)->results()) {
                              words->push_back(UnshieldArgument(typed));
                            }
                            return true;
                          },
                          help)
                      ->type_name("TEXT"));
}

CLI::Option* AddEnum(CLI::App* command, const std::string& name,
                     const google::protobuf::EnumDescriptor* values, const std::string& help,
                     std::function<void(int)> set) {
  const std::string words = absl::StrJoin(WordsOf(*values), ", ");
  return command
      ->add_option(
          name,
          [values, set = std::move(set)](const CLI::results_t& typed) {
            for (const std::string& word : typed) set(ValueOf(*values, word));
            return true;
          },
          help)
      ->type_name(absl::StrJoin(WordsOf(*values), "|"))
      ->check(CLI::Validator(
          [values, words](std::string& word) {
            return ValueOf(*values, word) != 0 ? std::string()
                                               : StrCat("\"", word, "\" is not one of ", words);
          },
          ""));
}

CLI::Option* Repeated(CLI::Option* option) {
  return option->take_all()->expected(1)->allow_extra_args(false);
}

void NoteRest(int64_t shown, int32_t total) {
  std::fprintf(stderr, "%lld of %d; a larger --limit shows more\n", static_cast<long long>(shown),
               total);
}

void AddLimit(CLI::App* command, int64_t* limit) {
  command->add_option("--limit", *limit, "At most so many; default: all")
      ->type_name("N")
      ->check(CLI::Range(int64_t{1}, std::numeric_limits<int64_t>::max()).description(""));
}

}  // namespace signalbook
