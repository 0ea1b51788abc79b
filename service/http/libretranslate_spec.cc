#include "service/http/libretranslate_api.h"

namespace signalbook {

std::string_view SpecJson() {
  return R"({
"openapi": "3.0.3",
"info": {
  "title": "Signalbook, LibreTranslate-compatible API",
  "version": "1.7",
  "description": "What cannot be licensed comes back as it was sent; \"signalbook\" says which parts, and why."
},
"paths": {
  "/translate": {"post": {
    "summary": "Translate messages",
    "requestBody": {"required": true, "content": {
      "application/json": {"schema": {"$ref": "#/components/schemas/TranslateRequest"}},
      "application/x-www-form-urlencoded": {"schema": {"$ref": "#/components/schemas/TranslateRequest"}},
      "multipart/form-data": {"schema": {"$ref": "#/components/schemas/TranslateRequest"}}}},
    "responses": {
      "200": {"description": "For a list as q, each member is a list", "content": {"application/json": {
        "schema": {"$ref": "#/components/schemas/TranslateResponse"}}}},
      "400": {"$ref": "#/components/responses/Error"},
      "403": {"$ref": "#/components/responses/Error"},
      "429": {"$ref": "#/components/responses/Error"},
      "503": {"$ref": "#/components/responses/Error"}}}},
  "/detect": {"post": {
    "summary": "Tell the language of a text",
    "requestBody": {"required": true, "content": {
      "application/json": {"schema": {"$ref": "#/components/schemas/DetectRequest"}},
      "application/x-www-form-urlencoded": {"schema": {"$ref": "#/components/schemas/DetectRequest"}},
      "multipart/form-data": {"schema": {"$ref": "#/components/schemas/DetectRequest"}}}},
    "responses": {
      "200": {"description": "Never empty: nobody can tell is en with confidence 0", "content": {"application/json": {
        "schema": {"type": "array", "items": {"$ref": "#/components/schemas/Detection"}}}}},
      "400": {"$ref": "#/components/responses/Error"},
      "403": {"$ref": "#/components/responses/Error"},
      "429": {"$ref": "#/components/responses/Error"},
      "503": {"$ref": "#/components/responses/Error"}}}},
  "/languages": {"get": {
    "summary": "Languages that can be translated",
    "responses": {"200": {"description": "By code", "content": {"application/json": {
      "schema": {"type": "array", "items": {"$ref": "#/components/schemas/Language"}}}}}}}},
  "/frontend/settings": {"get": {
    "summary": "What a page needs to know",
    "responses": {"200": {"description": "Settings", "content": {"application/json": {
      "schema": {"type": "object"}}}}}}},
  "/health": {"get": {
    "summary": "Whether requests are answered",
    "responses": {"200": {"description": "They are", "content": {"application/json": {
      "schema": {"type": "object", "properties": {"status": {"type": "string", "example": "ok"}}}}}}}}},
  "/spec": {"get": {
    "summary": "This document",
    "responses": {"200": {"description": "OpenAPI 3", "content": {"application/json": {
      "schema": {"type": "object"}}}}}}}
},
"components": {
  "responses": {
    "Error": {"description": "What is wrong and what to do", "content": {"application/json": {
      "schema": {"type": "object", "properties": {"error": {"type": "string"}}, "required": ["error"]}}}}
  },
  "schemas": {
    "Texts": {"oneOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]},
    "TranslateRequest": {"type": "object", "required": ["q", "source", "target"], "properties": {
      "q": {"$ref": "#/components/schemas/Texts"},
      "source": {"type": "string", "description": "Language, or auto", "example": "auto"},
      "target": {"type": "string", "example": "es"},
      "format": {"type": "string", "enum": ["text", "html"], "default": "text"},
      "alternatives": {"type": "integer", "default": 0, "description": "There are none"},
      "api_key": {"type": "string"},
      "offsets": {"type": "string", "enum": ["utf8", "utf16"], "default": "utf8"}}},
    "TranslateResponse": {"type": "object", "required": ["translatedText", "signalbook"], "properties": {
      "translatedText": {"$ref": "#/components/schemas/Texts"},
      "detectedLanguage": {"$ref": "#/components/schemas/Detection"},
      "alternatives": {"type": "array", "items": {}},
      "signalbook": {"$ref": "#/components/schemas/Fate"}}},
    "Fate": {"type": "object", "properties": {
      "verdict": {"type": "string", "enum": ["TRANSLATED", "PARTLY_REFUSED", "REFUSED", "UNCHANGED"]},
      "refusals": {"type": "array", "items": {"type": "object", "properties": {
        "reason": {"type": "string", "example": "GUARDED_CONCEPT"},
        "rule": {"type": "string", "example": "imprisonment"},
        "source": {"type": "array", "items": {"type": "integer"}, "minItems": 2, "maxItems": 2,
          "description": "Half-open range of q"}}}}}},
    "DetectRequest": {"type": "object", "required": ["q"], "properties": {
      "q": {"$ref": "#/components/schemas/Texts"},
      "api_key": {"type": "string"}}},
    "Detection": {"type": "object", "properties": {
      "language": {"type": "string", "example": "en"},
      "confidence": {"type": "number", "minimum": 0, "maximum": 100}}},
    "Language": {"type": "object", "properties": {
      "code": {"type": "string"},
      "name": {"type": "string"},
      "targets": {"type": "array", "items": {"type": "string"}}}}
  }
}
}
)";
}

}  // namespace signalbook
