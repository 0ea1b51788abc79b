#include "service/check/from_proto.h"

#include <forward_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "service/strings.h"

namespace signalbook::check {
namespace {

std::optional<SegmentKind> DomainOf(v1::Kind kind) {
  switch (kind) {
    case v1::KIND_PROSE:
      return SegmentKind::kProse;
    case v1::KIND_EMOJI:
      return SegmentKind::kEmoji;
    case v1::KIND_PROTECTED:
      return SegmentKind::kProtected;
    default:
      return std::nullopt;
  }
}

std::optional<Licence> DomainOf(v1::Licence licence) {
  switch (licence) {
    case v1::LICENCE_BOOK:
      return Licence::kBook;
    case v1::LICENCE_PHRASE:
      return Licence::kPhrase;
    case v1::LICENCE_COPY:
      return Licence::kCopy;
    case v1::LICENCE_MODEL:
      return Licence::kModel;
    default:
      return std::nullopt;
  }
}

std::optional<Placement> DomainOf(v1::Placement placement) {
  switch (placement) {
    case v1::PLACEMENT_IN_ORDER:
      return Placement::kInOrder;
    case v1::PLACEMENT_EDGE:
      return Placement::kEdge;
    case v1::PLACEMENT_MARKER:
      return Placement::kMarker;
    case v1::PLACEMENT_PROPORTION:
      return Placement::kProportion;
    case v1::PLACEMENT_PARTS:
      return Placement::kParts;
    case v1::PLACEMENT_JOIN:
      return Placement::kJoin;
    default:
      return std::nullopt;
  }
}

std::optional<Verdict> DomainOf(v1::Verdict verdict) {
  switch (verdict) {
    case v1::VERDICT_TRANSLATED:
      return Verdict::kTranslated;
    case v1::VERDICT_PARTLY_REFUSED:
      return Verdict::kPartlyRefused;
    case v1::VERDICT_REFUSED:
      return Verdict::kRefused;
    case v1::VERDICT_UNCHANGED:
      return Verdict::kUnchanged;
    default:
      return std::nullopt;
  }
}

// The numbers are the same in both lists (response.cc makes sure of it).
std::optional<Reason> DomainOf(v1::Reason reason) {
  if (!v1::Reason_IsValid(reason)) return std::nullopt;
  return static_cast<Reason>(reason);
}

// Copies an enum, or says which value of which field means nothing.
template <typename Wire, typename Domain>
bool Set(Wire value, std::string_view field, Domain* out, std::string* error) {
  const std::optional<Domain> domain = DomainOf(value);
  if (domain) {
    *out = *domain;
    return true;
  }
  *error = StrCat(field, ": ", static_cast<int>(value), " says nothing");
  return false;
}

bool Set(const v1::ByteRange& range, std::string_view field, ByteRange* out, std::string* error) {
  if (range.begin() < 0 || range.end() < 0) {
    *error = StrCat(field, ": [", range.begin(), ", ", range.end(), ") lies before the text");
    return false;
  }
  *out = {static_cast<size_t>(range.begin()), static_cast<size_t>(range.end())};
  return true;
}

using Kept = std::forward_list<std::string>;

bool Set(const v1::Piece& piece, Piece* out, Kept* kept, std::string* error) {
  if (!Set(piece.kind(), "kind", &out->kind, error) ||
      !Set(piece.source_range(), "source_range", &out->source, error) ||
      !Set(piece.target_range(), "target_range", &out->target, error) ||
      !Set(piece.licence(), "licence", &out->licence, error) ||
      !Set(piece.placement(), "placement", &out->placement, error)) {
    return false;
  }
  if (piece.has_entry()) {
    out->entry = EntryRef{kept->emplace_front(piece.entry().key()),
                          kept->emplace_front(piece.entry().locale()),
                          kept->emplace_front(piece.entry().source())};
  }
  if (piece.has_model()) {
    out->model =
        std::make_shared<const ModelRef>(ModelRef{piece.model().name(), piece.model().version()});
  }
  if (piece.has_refusal()) {
    auto refusal = std::make_shared<Refusal>();
    refusal->rule = piece.refusal().rule();
    refusal->detail = piece.refusal().detail();
    if (!Set(piece.refusal().reason(), "refusal.reason", &refusal->reason, error)) return false;
    out->refusal = std::move(refusal);
  }
  return true;
}

}  // namespace

absl::StatusOr<Translation> FromProto(const v1::Translation& translation) {
  Translation out;
  std::string error;
  const auto kept = std::make_shared<Kept>();
  out.kept = kept;
  out.pieces.resize(static_cast<size_t>(translation.pieces_size()));
  for (int i = 0; i < translation.pieces_size(); ++i) {
    if (!Set(translation.pieces(i), &out.pieces[static_cast<size_t>(i)], kept.get(), &error)) {
      return absl::InvalidArgumentError(StrCat("pieces[", i, "].", error));
    }
  }
  if (!Set(translation.verdict(), "verdict", &out.verdict, &error)) {
    return absl::InvalidArgumentError(error);
  }
  out.text = translation.translated_text();
  out.detected_language = translation.detected_language_code();
  return out;
}

}  // namespace signalbook::check
