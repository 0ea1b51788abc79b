// signalbook book diff: what a new import or an edit changes, for the person who reviews it.
#include "translator/book_diff.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "service/cli/book_file.h"
#include "service/cli/cli.h"
#include "service/strings.h"

namespace signalbook {
namespace {

constexpr char kFooter[] =
    "Example:\n"
    "  signalbook book diff old.book data\n"
    "\n"
    "Each side is a book or a folder of tables. A line is: locale, + - or ~, key, what it was → "
    "what\n"
    "it is, and where the row comes from. Markets stand under \"CN/zh\", phrases under \"en→es\".\n"
    "\n"
    "Exit codes: 0 no difference; 1 differences; 2 a side cannot be read.";

struct Options {
  std::string before, after;
  std::string locale;
  bool json = false;
};

char Mark(const BookChange& change) {
  return change.before.empty() ? '+' : change.after.empty() ? '-' : '~';
}

std::string Line(const BookChange& change) {
  const std::string key =
      StrCat(change.locale, "  ", std::string(1, Mark(change)), " ", change.key);
  if (change.before.empty())
    return StrCat(key, "  ", change.after, "  [", change.source_after, "]");
  if (change.after.empty())
    return StrCat(key, "  ", change.before, "  [", change.source_before, "]");
  std::string line = change.before == change.after
                         ? StrCat(key, "  ", change.after)
                         : StrCat(key, "  ", change.before, " → ", change.after);
  line += change.source_before == change.source_after
              ? StrCat("  [", change.source_after, "]")
              : StrCat("  [", change.source_before, " → ", change.source_after, "]");
  if (change.alternates_changed) line += "  alternates changed";
  return line;
}

std::string JsonLine(const BookChange& change) {
  return nlohmann::ordered_json{{"locale", change.locale},
                                {"key", change.key},
                                {"change", std::string(1, Mark(change))},
                                {"before", change.before},
                                {"after", change.after},
                                {"sourceBefore", change.source_before},
                                {"sourceAfter", change.source_after},
                                {"alternatesChanged", change.alternates_changed}}
      .dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

int Diff(const Options& options) {
  const auto before = OpenBook(options.before);
  if (!before.ok()) return ReportError("book diff", before.status());
  const auto after = OpenBook(options.after);
  if (!after.ok()) return ReportError("book diff", after.status());
  std::map<char, int> counts;
  for (const BookChange& change : DiffBooks(**before, **after)) {
    if (!options.locale.empty() && change.locale != options.locale) continue;
    ++counts[Mark(change)];
    if (!PrintLine(options.json ? JsonLine(change) : Line(change))) break;
  }
  const int total = counts['+'] + counts['-'] + counts['~'];
  std::fprintf(stderr, "%d added, %d changed, %d removed\n", counts['+'], counts['~'], counts['-']);
  return total == 0 ? kExitClean : kExitFindings;
}

}  // namespace

void AddBookDiff(CLI::App* book, int* exit_code) {
  CLI::App* command = book->add_subcommand("diff", "Tells what differs between two books.");
  command->footer(kFooter);
  auto options = std::make_shared<Options>();
  command->add_option("OLD", options->before, "Book or data folder")->type_name("")->required();
  command->add_option("NEW", options->after, "Book or data folder")->type_name("")->required();
  command->add_option("--locale", options->locale, "Only this locale, exactly as it is printed")
      ->type_name("NAME");
  command->add_flag("--json", options->json, "One JSON object a line");
  command->callback([options, exit_code] { *exit_code = Diff(*options); });
}

}  // namespace signalbook
