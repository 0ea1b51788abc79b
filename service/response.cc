#include "service/response.h"

#include <unicode/utf8.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "service/offsets.h"

namespace signalbook {
namespace {

// Reasons have the same numbers in both lists (text.h says why), so mapping is a cast.
static_assert(static_cast<int>(Reason::kNoModel) == v1::REASON_NO_MODEL);
static_assert(static_cast<int>(Reason::kStrictPolicy) == v1::REASON_STRICT_POLICY);
static_assert(static_cast<int>(Reason::kNotAllowlisted) == v1::REASON_NOT_ALLOWLISTED);
static_assert(static_cast<int>(Reason::kIllFormed) == v1::REASON_ILL_FORMED);
static_assert(static_cast<int>(Reason::kInvalidText) == v1::REASON_INVALID_TEXT);
static_assert(static_cast<int>(Reason::kGuardedConcept) == v1::REASON_GUARDED_CONCEPT);
static_assert(static_cast<int>(Reason::kRoundTrip) == v1::REASON_ROUND_TRIP);

v1::Kind ToProto(SegmentKind kind) {
  switch (kind) {
    case SegmentKind::kProse:
      return v1::KIND_PROSE;
    case SegmentKind::kEmoji:
      return v1::KIND_EMOJI;
    case SegmentKind::kProtected:
      return v1::KIND_PROTECTED;
  }
  return v1::KIND_UNSPECIFIED;
}

v1::Licence ToProto(Licence licence) {
  switch (licence) {
    case Licence::kBook:
      return v1::LICENCE_BOOK;
    case Licence::kPhrase:
      return v1::LICENCE_PHRASE;
    case Licence::kCopy:
      return v1::LICENCE_COPY;
    case Licence::kModel:
      return v1::LICENCE_MODEL;
  }
  return v1::LICENCE_UNSPECIFIED;
}

v1::Placement ToProto(Placement placement) {
  switch (placement) {
    case Placement::kInOrder:
      return v1::PLACEMENT_IN_ORDER;
    case Placement::kEdge:
      return v1::PLACEMENT_EDGE;
    case Placement::kMarker:
      return v1::PLACEMENT_MARKER;
    case Placement::kProportion:
      return v1::PLACEMENT_PROPORTION;
    case Placement::kParts:
      return v1::PLACEMENT_PARTS;
    case Placement::kJoin:
      return v1::PLACEMENT_JOIN;
  }
  return v1::PLACEMENT_UNSPECIFIED;
}

v1::Verdict ToProto(Verdict verdict) {
  switch (verdict) {
    case Verdict::kTranslated:
      return v1::VERDICT_TRANSLATED;
    case Verdict::kPartlyRefused:
      return v1::VERDICT_PARTLY_REFUSED;
    case Verdict::kRefused:
      return v1::VERDICT_REFUSED;
    case Verdict::kUnchanged:
      return v1::VERDICT_UNCHANGED;
  }
  return v1::VERDICT_UNSPECIFIED;
}

v1::Status ToProto(EmojiStatus status) {
  switch (status) {
    case EmojiStatus::kRgi:
      return v1::STATUS_RGI;
    case EmojiStatus::kValidNotRgi:
      return v1::STATUS_VALID_NOT_RGI;
    case EmojiStatus::kUnknown:
      return v1::STATUS_UNKNOWN;
    case EmojiStatus::kIllFormed:
      return v1::STATUS_ILL_FORMED;
  }
  return v1::STATUS_UNSPECIFIED;
}

v1::ClusterKind ToProto(EmojiKind kind) {
  switch (kind) {
    case EmojiKind::kBasic:
      return v1::CLUSTER_EMOJI;
    case EmojiKind::kKeycap:
      return v1::CLUSTER_KEYCAP;
    case EmojiKind::kFlag:
      return v1::CLUSTER_FLAG;
    case EmojiKind::kTagFlag:
      return v1::CLUSTER_TAG_FLAG;
    case EmojiKind::kModifier:
      return v1::CLUSTER_MODIFIER;
    case EmojiKind::kZwj:
      return v1::CLUSTER_ZWJ;
    case EmojiKind::kComponent:
      return v1::CLUSTER_COMPONENT;
    case EmojiKind::kOther:
      return v1::CLUSTER_ILL_FORMED;
  }
  return v1::CLUSTER_UNSPECIFIED;
}

void SetRange(ByteRange range, Offsets* offsets, v1::ByteRange* out) {
  out->set_begin(static_cast<int32_t>(offsets->At(range.begin)));
  out->set_end(static_cast<int32_t>(offsets->At(range.end)));
}

void SetRefusal(const Refusal& refusal, v1::Refusal* out) {
  out->set_reason(static_cast<v1::Reason>(refusal.reason));
  out->set_rule(refusal.rule);
  out->set_detail(refusal.detail);
}

void SetPiece(const Piece& piece, Offsets* source, Offsets* target, v1::Piece* out) {
  out->set_kind(ToProto(piece.kind));
  SetRange(piece.source, source, out->mutable_source_range());
  SetRange(piece.target, target, out->mutable_target_range());
  out->set_licence(ToProto(piece.licence));
  out->set_placement(ToProto(piece.placement));
  if (piece.entry) {
    v1::Entry* const entry = out->mutable_entry();
    entry->set_key(piece.entry->key.data(), piece.entry->key.size());
    entry->set_locale(piece.entry->locale.data(), piece.entry->locale.size());
    entry->set_source(piece.entry->source.data(), piece.entry->source.size());
  }
  if (piece.model) {
    out->mutable_model()->set_name(piece.model->name);
    out->mutable_model()->set_version(piece.model->version);
  }
  if (piece.refusal) SetRefusal(*piece.refusal, out->mutable_refusal());
}

// "U+1F1E8 U+1F1E6". `text` is UTF-8.
std::string CodePoints(std::string_view text) {
  std::string result;
  const auto size = static_cast<int32_t>(text.size());
  for (int32_t i = 0; i < size;) {
    char32_t code_point = 0;
    U8_NEXT_UNSAFE(text.data(), i, code_point);
    absl::StrAppendFormat(&result, "%sU+%04X", result.empty() ? "" : " ",
                          static_cast<uint32_t>(code_point));
  }
  return result;
}

void SetEmoji(const EmojiCluster& emoji, const Book& book, const std::vector<LocaleId>& locales,
              v1::Cluster* out) {
  out->set_code_points(CodePoints(out->text()));
  out->set_kind(ToProto(emoji.kind));
  out->set_status(ToProto(emoji.status));
  if (emoji.diagnosis != Diagnosis::kNone) {
    out->set_diagnosis(std::string(DiagnosisName(emoji.diagnosis)));
  }
  if (emoji.key == kNoKey) return;

  const KeyInfo info = book.key(emoji.key);
  out->set_key(KeyOf(info.sequence));
  out->set_fully_qualified(CodePoints(info.fully_qualified));
  out->set_emoji_version(std::string(info.version));
  out->set_group(std::string(info.group));
  for (const LocaleId locale : locales) {
    const std::optional<Rendering> row = book.Find(locale, emoji.key);
    if (!row) continue;
    v1::Entry* entry = out->add_entries();
    entry->set_key(out->key());
    entry->set_locale(std::string(book.locales().tag(row->locale)));
    entry->set_source(std::string(row->source));
    entry->set_text(std::string(row->text));
    entry->set_blocked(row->blocked);
  }
}

void SetCluster(const Segment& segment, const Message& message, const Translator& translator,
                const std::vector<LocaleId>& locales, Offsets* offsets, v1::Cluster* out) {
  SetRange(message.ToOriginal(segment.range), offsets, out->mutable_range());
  out->set_text(std::string(segment.range.of(message.text())));
  switch (segment.kind) {
    case SegmentKind::kProse:
      out->set_kind(v1::CLUSTER_PROSE);
      return;
    case SegmentKind::kProtected:
      out->set_kind(v1::CLUSTER_PROTECTED);
      out->set_diagnosis(std::string(translator.protector().RuleName(segment.rule)));
      return;
    case SegmentKind::kEmoji:
      SetEmoji(segment.emoji, translator.book(), locales, out);
      return;
  }
}

}  // namespace

void SetBook(const Book& book, v1::BookVersion* out) {
  out->set_name(std::string(book.name()));
  out->set_version(std::string(book.version()));
  out->set_hash(std::string(book.hash()));
}

std::string RevisionText(int64_t revision) { return revision == 0 ? "" : absl::StrCat(revision); }

void SetTranslations(const std::vector<Translation>& translations, const TranslateInput& input,
                     const Book& book, v1::TranslateTextResponse* response) {
  for (size_t i = 0; i < translations.size(); ++i) {
    const Translation& translation = translations[i];
    Offsets source(input.messages[i].original(), input.utf16_offsets);
    Offsets target(translation.text, input.utf16_offsets);
    v1::Translation* out = response->add_translations();
    out->set_translated_text(translation.text);
    out->set_detected_language_code(translation.detected_language);
    out->set_verdict(ToProto(translation.verdict));
    for (const Piece& piece : translation.pieces) {
      SetPiece(piece, &source, &target, out->add_pieces());
    }
  }
  SetBook(book, response->mutable_book());
}

void Answer(const Translator& translator, const TranslateInput& input,
            v1::TranslateTextResponse* response) {
  SetTranslations(translator.Translate(input.messages, input.options), input, translator.book(),
                  response);
}

void Answer(const Translator& translator, const AnalyzeInput& input,
            v1::AnalyzeTextResponse* response) {
  for (const Message& message : input.messages) {
    v1::Analysis* out = response->add_analyses();
    out->set_normalized(message.changed());
    Offsets offsets(message.original(), input.utf16_offsets);
    for (const Segment& segment : translator.Segments(message)) {
      SetCluster(segment, message, translator, input.display_locales, &offsets,
                 out->add_clusters());
    }
  }
  SetBook(translator.book(), response->mutable_book());
}

void Answer(const Translator& translator, const JudgeInput& input,
            v1::JudgeCandidateResponse* response) {
  response->set_licensed(true);
  for (const CheckResult& result :
       translator.JudgeCandidate(input.message, input.candidate, input.source, input.target)) {
    v1::CheckResult* out = response->add_checks();
    out->set_check(std::string(result.check));
    out->set_saw(result.saw);
    if (!result.refusal) continue;
    SetRefusal(*result.refusal, out->mutable_refusal());
    response->set_licensed(false);
  }
  SetBook(translator.book(), response->mutable_book());
}

}  // namespace signalbook
