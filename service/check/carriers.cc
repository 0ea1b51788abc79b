#include "service/check/carriers.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "service/check/escape.h"
#include "service/cli/text_lines.h"
#include "service/strings.h"
#include "translator/locale.h"
#include "translator/normalize.h"
#include "translator/tsv.h"

namespace signalbook::check {
namespace {

constexpr std::string_view kPlace = "{}";

// Names are parts of the ids of cases, which baselines and people refer to: they never change.
struct BuiltIn {
  std::string_view name;
  std::string_view language;
  std::string_view text;
};

constexpr BuiltIn kIncident[] = {
    {"incident", "zh", "他在{}等你。"},
    {"zh-2", "zh", "我爱{}！"},
    {"zh-3", "zh", "今天{}的天气很好"},
    {"zh-Hant-1", "zh-Hant", "我明天要去{}旅行"},
    {"en-1", "en", "I love {}!"},
    {"en-2", "en", "Our train leaves for {} tomorrow"},
    {"es-1", "es", "Me encanta {}, es muy bonito"},
    {"fr-1", "fr", "Nous allons à {} en été"},
    {"de-1", "de", "Meine Schwester wohnt in {}."},
    {"pt-1", "pt", "A minha irmã mora em {}"},
    {"it-1", "it", "La partita contro {} è alle nove"},
    {"nl-1", "nl", "Het eten in {} is lekker"},
    {"pl-1", "pl", "Jutro lecę do {}!"},
    {"ru-1", "ru", "Мы выиграли у {} вчера"},
    {"uk-1", "uk", "Завтра ми летимо до {}"},
    {"tr-1", "tr", "Yarın {} maçı var"},
    {"ar-1", "ar", "أحب الطعام في {} كثيرا"},
    {"hi-1", "hi", "मैं अगले हफ़्ते {} जा रहा हूँ"},
    {"ja-1", "ja", "来週{}に行きます。"},
    {"ko-1", "ko", "{} 음식이 정말 맛있어요"},
};

// No "{}" stands beside a digit, "#", "*", "@" or another emoji: there it would be part of something
// else.
constexpr BuiltIn kChat[] = {
    {"en-start", "en", "{} good morning, everyone!"},
    {"en-inside", "en", "so happy {} right now"},
    {"en-end", "en", "see you tomorrow {}"},
    {"en-twice", "en", "let's go {}{} tonight"},
    {"es-start", "es", "{} ¡buenos días a todos!"},
    {"es-inside", "es", "hoy {} fue un gran día"},
    {"es-end", "es", "nos vemos mañana {}"},
    {"zh-start", "zh", "{}大家早上好"},
    {"zh-inside", "zh", "今天{}真开心！"},
    {"zh-end", "zh", "明天见{}"},
    {"zh-twice", "zh", "加油{}{}，我们等你"},
    {"zh-Hant-start", "zh-Hant", "{}大家早安"},
    {"zh-Hant-inside", "zh-Hant", "今天{}真開心！"},
    {"zh-Hant-end", "zh-Hant", "明天見{}"},
    {"hi-start", "hi", "{} सबको सुप्रभात"},
    {"hi-inside", "hi", "आज {} बहुत अच्छा दिन था"},
    {"hi-end", "hi", "कल मिलते हैं {}"},
    {"ar-start", "ar", "{} صباح الخير جميعا"},
    {"ar-inside", "ar", "كان اليوم {} جميلا جدا"},
    {"ar-end", "ar", "أراك غدا {}"},
    {"fr-start", "fr", "{} bonjour tout le monde !"},
    {"fr-inside", "fr", "aujourd'hui {} c'était génial"},
    {"fr-end", "fr", "à demain {}"},
    {"bn-start", "bn", "{} সবাইকে শুভ সকাল"},
    {"bn-inside", "bn", "আজ {} খুব ভালো লাগছে"},
    {"bn-end", "bn", "কাল দেখা হবে {}"},
    {"pt-start", "pt", "{} bom dia a todos!"},
    {"pt-inside", "pt", "hoje {} foi um ótimo dia"},
    {"pt-end", "pt", "até amanhã {}"},
    {"ru-start", "ru", "{} всем доброе утро!"},
    {"ru-inside", "ru", "сегодня {} был отличный день"},
    {"ru-end", "ru", "до завтра {}"},
    {"de-start", "de", "{} guten Morgen zusammen!"},
    {"de-inside", "de", "heute {} war ein schöner Tag"},
    {"de-end", "de", "bis morgen {}"},
    {"ja-start", "ja", "{}みんなおはよう"},
    {"ja-inside", "ja", "今日は{}楽しかったです"},
    {"ja-end", "ja", "また明日ね{}"},
    {"id-start", "id", "{} selamat pagi semuanya!"},
    {"id-inside", "id", "hari ini {} senang sekali"},
    {"id-end", "id", "sampai jumpa besok {}"},
    {"ur-start", "ur", "{} سب کو صبح بخیر"},
    {"ur-inside", "ur", "آج {} بہت اچھا دن تھا"},
    {"ur-end", "ur", "کل ملتے ہیں {}"},
    {"ko-start", "ko", "{} 모두 좋은 아침이에요"},
    {"ko-inside", "ko", "오늘 {} 정말 즐거웠어요"},
    {"ko-end", "ko", "내일 봐요 {}"},
    {"vi-start", "vi", "{} chào buổi sáng cả nhà!"},
    {"vi-inside", "vi", "hôm nay {} vui quá"},
    {"vi-end", "vi", "hẹn gặp lại ngày mai {}"},
    {"tr-start", "tr", "{} herkese günaydın!"},
    {"tr-inside", "tr", "bugün {} çok güzeldi"},
    {"tr-end", "tr", "yarın görüşürüz {}"},
    {"it-start", "it", "{} buongiorno a tutti!"},
    {"it-inside", "it", "oggi {} è stata una bella giornata"},
    {"it-end", "it", "a domani {}"},
    {"fa-start", "fa", "{} صبح همگی بخیر"},
    {"fa-inside", "fa", "امروز {} خیلی خوش گذشت"},
    {"fa-end", "fa", "فردا می‌بینمت {}"},
    {"th-start", "th", "{} สวัสดีตอนเช้าทุกคน"},
    {"th-inside", "th", "วันนี้ {} สนุกมาก"},
    {"th-end", "th", "เจอกันพรุ่งนี้ {}"},
    {"pl-start", "pl", "{} dzień dobry wszystkim!"},
    {"pl-inside", "pl", "dzisiaj {} było super"},
    {"pl-end", "pl", "do jutra {}"},
    {"uk-start", "uk", "{} усім доброго ранку!"},
    {"uk-inside", "uk", "сьогодні {} був чудовий день"},
    {"uk-end", "uk", "до завтра {}"},
    {"nl-start", "nl", "{} goedemorgen allemaal!"},
    {"nl-inside", "nl", "vandaag {} was het gezellig"},
    {"nl-end", "nl", "tot morgen {}"},
    {"ca-start", "ca", "{} bon dia a tothom!"},
    {"ca-inside", "ca", "avui {} ha estat un gran dia"},
    {"ca-end", "ca", "fins demà {}"},
};

template <size_t kCount>
std::vector<Carrier> Copied(const BuiltIn (&rows)[kCount]) {
  std::vector<Carrier> carriers;
  carriers.reserve(kCount);
  std::transform(
      std::begin(rows), std::end(rows), std::back_inserter(carriers), [](const BuiltIn& row) {
        return Carrier{std::string(row.name), std::string(row.language), std::string(row.text)};
      });
  return carriers;
}

// What is wrong with it, or nothing.
std::string Complaint(const Carrier& carrier) {
  if (carrier.name.empty() || carrier.name.find_first_of(" /~") != std::string::npos) {
    return "a name is part of an id: at least one character, no space, \"/\" or \"~\"";
  }
  if (!CanonicalizeLocale(carrier.language).ok()) {
    return StrCat("\"", carrier.language, "\" is no language tag; \"en\" or \"zh-Hant\" is one");
  }
  if (carrier.text.find(kPlace) == std::string::npos) {
    return "the text has no \"{}\" where a sequence could go";
  }
  if (FindInvalidUtf8(carrier.text)) return "the text is not UTF-8";
  return "";
}

absl::StatusOr<std::vector<Carrier>> ReadCarriers(const std::string& path,
                                                  const std::string& content) {
  std::vector<Carrier> carriers;
  std::set<std::string> names;
  int number = 0;
  const auto wrong = [&](std::string_view what) {
    return absl::InvalidArgumentError(StrCat(path, ":", number, ": ", what));
  };
  for (const std::string_view line : TextLines(content)) {
    ++number;
    if (line.empty() || line == "#" || line.starts_with("# ")) continue;
    const size_t tab = line.find('\t');
    const size_t next = tab == line.npos ? line.npos : line.find('\t', tab + 1);
    if (next == line.npos || line.find('\t', next + 1) != line.npos) {
      return wrong("3 cells are needed, with tabs between: name, language, text");
    }
    std::optional<std::string> text = Unescape(line.substr(next + 1));
    if (!text) return wrong("a backslash begins an escape, \\t \\n \\r \\\\ \\u{…} \\xFF");
    Carrier carrier = {std::string(line.substr(0, tab)),
                       std::string(line.substr(tab + 1, next - tab - 1)), *std::move(text)};
    // Corpora name their columns in a first line; who does so here means the same.
    if (carriers.empty() && carrier.name == "name" && carrier.text == "text") continue;
    if (const std::string complaint = Complaint(carrier); !complaint.empty()) {
      return wrong(complaint);
    }
    if (!names.insert(carrier.name).second) {
      return wrong(StrCat("there is another carrier \"", carrier.name, "\""));
    }
    carriers.push_back(std::move(carrier));
  }
  if (carriers.empty()) return absl::InvalidArgumentError(StrCat(path, ": holds no carrier"));
  return carriers;
}

}  // namespace

absl::StatusOr<std::vector<Carrier>> LoadCarriers(const std::string& name_or_path) {
  if (name_or_path == "incident") return Copied(kIncident);
  if (name_or_path == "chat") return Copied(kChat);
  const absl::StatusOr<std::string> content = ReadFile(name_or_path);
  if (absl::IsNotFound(content.status())) {
    return absl::NotFoundError(
        StrCat("no carriers \"", name_or_path, "\": \"incident\", \"chat\" or a TSV file"));
  }
  if (!content.ok()) return content.status();
  return ReadCarriers(name_or_path, *content);
}

const std::vector<std::string>& IncidentSayings() {
  // The Globe and Mail and CTV, December 2019: Canada and Panama, Andorra, Aruba, Congo, Bosnia,
  // Singapore, North Korea, Switzerland, Belgium. TechNode, January 2020: Canada again, Afghanistan.
  static const auto* sayings = new std::vector<std::string>{"He's in prison",
                                                            "He was killed",
                                                            "You're under arrest",
                                                            "He's dead",
                                                            "He's in a coma",
                                                            "Hi, Lenny!",
                                                            "Hey, hey!",
                                                            "No.",
                                                            "Oh, it's hot.",
                                                            "I'm in prison",
                                                            "in the middle of nowhere"};
  return *sayings;
}

}  // namespace signalbook::check
