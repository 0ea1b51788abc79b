// The hot path on chat text, stage by stage, and what others take for a part of it: all over the same messages in
// the same run, in bytes per second.
//
//   text_benchmark [--benchmark_filter=mix5]
//
// The floor is what any scanner pays that decodes every code point and looks it up once. Corpora: mix5, mix20 and
// dense have 5 %, 20 % and all of their words in emoji, of all that are recommended, popularity by Zipf's law.
#include <benchmark/benchmark.h>
#include <re2/re2.h>
#include <unicode/brkiter.h>
#include <unicode/uchar.h>
#include <unicode/utext.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "tests/benchmark/chat_corpus.h"
#include "translator/book.h"
#include "translator/book_builder.h"
#include "translator/normalize.h"
#include "translator/segment.h"
#include "translator/translator.h"
#include "translator/utf8.h"

namespace signalbook {
namespace {

constexpr size_t kMessages = 1 << 14;

const std::shared_ptr<const Book>& TheBook() {
  static const auto book = [] {
    absl::StatusOr<BuiltBook> built = BuildBook(SIGNALBOOK_SOURCE_DIR "/data", {});
    if (!built.ok()) {
      std::cerr << built.status() << "\n";
      std::exit(1);
    }
    return Book::FromImage(std::move(built->image)).value();
  }();
  return book;
}

const Translator& TheTranslator() {
  static const auto translator = Translator::Create(TheBook(), nullptr).value();
  return *translator;
}

// Every recommended sequence as keyboards send it, in an order of its own.
std::vector<std::string> RecommendedEmoji() {
  std::vector<std::string> emoji;
  for (KeyId key = 0; key < TheBook()->key_count(); ++key) {
    const KeyInfo info = TheBook()->key(key);
    if (info.status == EmojiStatus::kRgi) emoji.emplace_back(info.fully_qualified);
  }
  std::mt19937 random(7);
  for (size_t i = emoji.size(); i > 1; --i) std::swap(emoji[i - 1], emoji[random() % i]);
  return emoji;
}

using Corpus = std::vector<std::string>;
const std::vector<std::pair<std::string, Corpus>>& Corpora() {
  static const auto* const corpora = [] {
    const std::vector<std::string> emoji = RecommendedEmoji();
    const std::pair<const char*, ChatMix> mixes[] = {
        {"ascii", {.languages = ChatMix::kEnglish}},
        {"zh", {.languages = ChatMix::kChinese}},
        {"mix5", {.emoji_share = 0.05, .emoji = emoji}},
        {"mix20", {.emoji_share = 0.2, .emoji = emoji}},
        {"dense", {.emoji_share = 1, .emoji = emoji}},
    };
    auto* made = new std::vector<std::pair<std::string, Corpus>>;
    for (const auto& [name, mix] : mixes) {
      Corpus corpus;
      for (ChatMessage& message : ChatMessages(kMessages, mix)) {
        corpus.push_back(std::move(message.text));
      }
      made->emplace_back(name, std::move(corpus));
    }
    return made;
  }();
  return *corpora;
}

// Runs `work` on one message after the other.
template <typename Work>
void Each(benchmark::State& state, const Corpus& corpus, Work work) {
  size_t bytes = 0;
  size_t messages = 0;
  for (auto _ : state) {
    for (const std::string& message : corpus) {
      work(message);
      bytes += message.size();
    }
    messages += corpus.size();
  }
  state.SetBytesProcessed(static_cast<int64_t>(bytes));
  state.SetItemsProcessed(static_cast<int64_t>(messages));
}

void Floor(benchmark::State& state, const Corpus& corpus) {
  const EmojiTable& table = TheBook()->emoji();
  Each(state, corpus, [&](std::string_view text) {
    unsigned sum = 0;
    for (size_t at = 0; at < text.size();) {
      const DecodedCodePoint c = DecodeUtf8(text, at);
      sum += static_cast<unsigned>(table.ClassOf(c.value));
      at = c.end;
    }
    benchmark::DoNotOptimize(sum);
  });
}

void FindEmoji(benchmark::State& state, const Corpus& corpus) {
  const EmojiTable& table = TheBook()->emoji();
  std::vector<EmojiCluster> clusters;
  Each(state, corpus, [&](std::string_view text) {
    clusters.clear();
    signalbook::FindEmoji(text, table, &clusters);
    benchmark::DoNotOptimize(clusters.data());
  });
}

void Normalize(benchmark::State& state, const Corpus& corpus) {
  Each(state, corpus,
       [&](std::string_view text) { benchmark::DoNotOptimize(signalbook::Normalize(text).ok()); });
}

void Protect(benchmark::State& state, const Corpus& corpus) {
  const Protector& protector = TheTranslator().protector();
  Each(state, corpus,
       [&](std::string_view text) { benchmark::DoNotOptimize(protector.Find(text).size()); });
}

void Segment(benchmark::State& state, const Corpus& corpus) {
  const Protector& protector = TheTranslator().protector();
  const EmojiTable& table = TheBook()->emoji();
  Each(state, corpus, [&](std::string_view text) {
    benchmark::DoNotOptimize(SegmentText(text, table, protector).size());
  });
}

// Everything that DESIGN section 2 shows but the model: bytes → names in place of emoji, with their licences.
void TranslateInto(benchmark::State& state, const Corpus& corpus, std::string_view target,
                   Policy policy) {
  const LocaleTable& locales = TheBook()->locales();
  TranslateOptions options;
  options.source = *locales.Resolve("en");
  options.target = *locales.Resolve(target);
  options.emoji_mode = EmojiMode::kName;
  options.policy = policy;
  std::vector<Message> messages;
  Each(state, corpus, [&](std::string_view text) {
    messages.clear();
    messages.push_back(signalbook::Normalize(text).value());
    benchmark::DoNotOptimize(TheTranslator().Translate(messages, options).front().text.size());
  });
}

// Prose is in the language asked for already.
void Core(benchmark::State& state, const Corpus& corpus) {
  TranslateInto(state, corpus, "en", Policy::kGuarded);
}

// Only approved phrases may translate it.
void CoreStrict(benchmark::State& state, const Corpus& corpus) {
  TranslateInto(state, corpus, "es", Policy::kStrict);
}

// What a program finds that asks ICU for grapheme clusters and their properties.
void IcuGraphemes(benchmark::State& state, const Corpus& corpus) {
  UErrorCode error = U_ZERO_ERROR;
  const std::unique_ptr<icu::BreakIterator> graphemes(
      icu::BreakIterator::createCharacterInstance(icu::Locale::getRoot(), error));
  UText utext = UTEXT_INITIALIZER;
  Each(state, corpus, [&](std::string_view text) {
    UErrorCode status = U_ZERO_ERROR;
    utext_openUTF8(&utext, text.data(), static_cast<int64_t>(text.size()), &status);
    graphemes->setText(&utext, status);
    int found = 0;
    for (int32_t begin = graphemes->first(), end = graphemes->next();
         end != icu::BreakIterator::DONE; begin = end, end = graphemes->next()) {
      const DecodedCodePoint c = DecodeUtf8(text, begin);
      found += u_hasBinaryProperty(static_cast<UChar32>(c.value), UCHAR_EXTENDED_PICTOGRAPHIC);
    }
    benchmark::DoNotOptimize(found);
  });
  utext_close(&utext);
}

// All sequences as one regular expression, the longest first.
void Re2Alternation(benchmark::State& state, const Corpus& corpus) {
  std::vector<std::string> sequences = RecommendedEmoji();
  std::sort(sequences.begin(), sequences.end(), [](const std::string& a, const std::string& b) {
    return a.size() != b.size() ? a.size() > b.size() : a < b;
  });
  std::string pattern;
  for (const std::string& sequence : sequences) {
    pattern += (pattern.empty() ? "" : "|") + RE2::QuoteMeta(sequence);
  }
  RE2::Options options;
  options.set_max_mem(int64_t{64} << 20);
  const RE2 re2(pattern, options);
  Each(state, corpus, [&](std::string_view text) {
    re2::StringPiece subject(text.data(), text.size());
    re2::StringPiece match;
    int found = 0;
    for (size_t at = 0; re2.Match(subject, at, subject.size(), RE2::UNANCHORED, &match, 1);) {
      at = match.data() + match.size() - subject.data();
      ++found;
    }
    benchmark::DoNotOptimize(found);
  });
}

const int kRegistered = [] {
  using Subject = void (*)(benchmark::State&, const Corpus&);
  const std::pair<const char*, Subject> subjects[] = {{"floor", Floor},
                                                      {"find_emoji", FindEmoji},
                                                      {"normalize", Normalize},
                                                      {"protect", Protect},
                                                      {"segment", Segment},
                                                      {"core", Core},
                                                      {"core_strict", CoreStrict},
                                                      {"icu_graphemes", IcuGraphemes},
                                                      {"re2_alternation", Re2Alternation}};
  // A corpus at a time, so that what is compared runs close together.
  for (const auto& [name, corpus] : Corpora()) {
    for (const auto& [what, subject] : subjects) {
      benchmark::RegisterBenchmark((name + "/" + what).c_str(),
                                   [subject = subject, corpus = &corpus](benchmark::State& state) {
                                     subject(state, *corpus);
                                   });
    }
  }
  return 0;
}();

}  // namespace
}  // namespace signalbook
