// signalbook book stats: coverage per locale, group, Emoji version and provenance.
#include "translator/book_stats.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "absl/status/status.h"
#include "service/cli/book_file.h"
#include "service/cli/cli.h"
#include "service/cli/table.h"
#include "service/strings.h"

namespace signalbook {
namespace {

using Json = nlohmann::ordered_json;

constexpr char kFooter[] =
    "Example:\n"
    "  signalbook book stats --by provenance --locale es,uk\n"
    "\n"
    "Counted are the fully-qualified RGI sequences that have an approved name, inheritance "
    "included.";

struct Options {
  std::string book;
  std::string by = "group";
  std::vector<std::string> locales;
  bool json = false;
};

Json ToJson(const Count& count) {
  return {{"sequences", count.sequences}, {"named", count.named}, {"blocked", count.blocked}};
}

std::string JsonLine(const LocaleStats& stats) {
  Json line = {{"locale", stats.locale}, {"total", ToJson(stats.total)}};
  for (const auto& [group, count] : stats.by_group) line["groups"][group] = ToJson(count);
  for (const auto& [version, count] : stats.by_version) line["versions"][version] = ToJson(count);
  for (const auto& [source, named] : stats.by_provenance) line["provenance"][source] = named;
  line["missing"] = stats.missing;
  return line.dump(-1, ' ', false, Json::error_handler_t::replace);
}

// The cells of a locale under the headings that any locale needs.
std::string RenderTable(const std::vector<LocaleStats>& all, const std::string& by) {
  std::set<std::string> columns;
  for (const LocaleStats& stats : all) {
    if (by == "group") {
      for (const auto& [name, count] : stats.by_group) columns.insert(name);
    } else if (by == "version") {
      for (const auto& [name, count] : stats.by_version) columns.insert(name);
    } else {
      for (const auto& [name, named] : stats.by_provenance) columns.insert(name);
    }
  }
  std::vector<std::string> header = {"locale", "named", "missing"};
  header.insert(header.end(), columns.begin(), columns.end());
  Table table(header);
  for (const LocaleStats& stats : all) {
    std::vector<std::string> row = {stats.locale, StrCat(stats.total.named),
                                    StrCat(stats.missing.size())};
    for (const std::string& column : columns) {
      const auto& counts = by == "group" ? stats.by_group : stats.by_version;
      if (by == "provenance") {
        const auto found = stats.by_provenance.find(column);
        row.push_back(found == stats.by_provenance.end() ? "0" : StrCat(found->second));
      } else if (const auto found = counts.find(column); found != counts.end()) {
        row.push_back(StrCat(found->second.named, "/", found->second.sequences));
      } else {
        row.emplace_back("0");
      }
    }
    table.Add(std::move(row));
  }
  return table.Render();
}

int Stats(const Options& options) {
  const auto book = OpenBook(options.book);
  if (!book.ok()) return ReportError("book stats", book.status());
  std::vector<LocaleStats> all;
  for (const std::string& tag : options.locales) {
    const auto locale = (*book)->locales().Resolve(tag);
    if (!locale) {
      return ReportError("book stats", absl::InvalidArgumentError(StrCat(
                                           "--locale: \"", tag, "\" is not a locale of the book")));
    }
    all.push_back(StatsOf(**book, *locale));
  }
  if (options.locales.empty()) all = StatsOf(**book);
  if (!options.json) {
    PrintLine(RenderTable(all, options.by));
    return kExitClean;
  }
  for (const LocaleStats& stats : all) {
    if (!PrintLine(JsonLine(stats))) break;
  }
  return kExitClean;
}

}  // namespace

void AddBookStats(CLI::App* book, int* exit_code) {
  CLI::App* command = book->add_subcommand("stats", "Tells how much of Unicode's emoji it names.");
  command->footer(kFooter);
  auto options = std::make_shared<Options>();
  command->add_option("--book", options->book, "Book or data folder instead of the default book")
      ->type_name("PATH");
  command->add_option("--locale", options->locales, "Only these: es,uk")
      ->type_name("LANGUAGE,...")
      ->delimiter(',');
  command->add_option("--by", options->by, "What the columns are")
      ->type_name("group|version|provenance")
      ->check(CLI::IsMember({"group", "version", "provenance"}))
      ->capture_default_str();
  command->add_flag("--json", options->json, "One JSON object a locale, with all of it");
  command->callback([options, exit_code] { *exit_code = Stats(*options); });
}

}  // namespace signalbook
