// What Mastodon, Discourse and Rocket.Chat ask LibreTranslate, and what they read of its answers: requests as their
// sources make them, sent by fetch. All that matters to them stands in `reads`, as they come to it.
//
//   mastodon/mastodon              app/lib/translation_service/libre_translate.rb, app/services/translate_status_service.rb
//   discourse/discourse-translator app/services/discourse_translator/provider/libre_translate.rb
//   RocketChat/Rocket.Chat         apps/meteor/app/autotranslate/server/libreTranslate.ts, autotranslate.ts
//
//   BASE_URL   where Signalbook serves HTTP: "http://127.0.0.1:8088"
import assert from 'node:assert/strict';
import { test } from 'node:test';

const { BASE_URL } = process.env;

const kJson = { 'content-type': 'application/json' };

// A form has its content type from fetch.
const form = (fields) => ({ method: 'POST', body: new URLSearchParams(fields) });
const json = (body) => ({ method: 'POST', headers: kJson, body: JSON.stringify(body) });

for (const { who, what, path, request, reads, expected } of [
  {
    who: 'Mastodon',
    what: 'which languages it offers, each without itself',
    path: '/languages',
    request: { headers: kJson },
    reads: (languages) => {
      const offered = Object.fromEntries(
        languages.map(({ code, targets }) => [code, targets.filter((target) => target !== code)]),
      );
      return [offered.en.includes('es'), offered.en.includes('en'), offered.es.includes('en')];
    },
    expected: [true, false, true],
  },
  {
    who: 'Mastodon',
    what: 'a post, its warning, the options of a poll; whom it mentions and custom emoji stay as they are',
    path: '/translate',
    request: json({
      q: [
        '<p>Good morning, <span class="h-card" translate="no"><a href="https://social.example/@bill" ' +
          'class="u-url mention">@<span>bill</span></a></span>! <span translate="no">:thanks:</span></p>' +
          '<p>See you tomorrow 🎉</p>',
        'The kitchen &amp; the house',
        'See you tomorrow',
        '',
      ],
      source: 'en',
      target: 'es',
      format: 'html',
      api_key: null,
    }),
    reads: ({ translatedText, detectedLanguage }) =>
      translatedText.map((text, i) => [text, detectedLanguage?.[i]?.language ?? 'en']),
    expected: [
      [
        '<p>Buenos días, <span class="h-card" translate="no"><a href="https://social.example/@bill" ' +
          'class="u-url mention">@<span>bill</span></a></span>! <span translate="no">:thanks:</span></p>' +
          '<p>Hasta mañana 🎉</p>',
        'en',
      ],
      ['La cocina &amp; la casa', 'en'],
      ['Hasta mañana', 'en'],
      ['', 'en'],
    ],
  },
  {
    who: 'Mastodon',
    what: 'a post that does not say its language',
    path: '/translate',
    request: json({
      q: ['<p>The kitchen has 3 windows</p>', 'The house is big'],
      source: 'auto',
      target: 'es',
      format: 'html',
      api_key: null,
    }),
    reads: ({ translatedText, detectedLanguage }) =>
      translatedText.map((text, i) => [text, detectedLanguage?.[i]?.language]),
    expected: [
      ['<p>La cocina tiene 3 ventanas</p>', 'en'],
      ['La casa es grande', 'en'],
    ],
  },
  {
    who: 'Discourse',
    what: 'the language of a post',
    path: '/detect',
    request: form({ q: 'The kitchen has three windows', api_key: '' }),
    reads: (detections) => (detections.length ? detections[0].language : 'en'),
    expected: 'en',
  },
  {
    who: 'Discourse',
    what: 'the language of a post without words',
    path: '/detect',
    request: form({ q: '🎉', api_key: '' }),
    reads: (detections) => (detections.length ? detections[0].language : 'en'),
    expected: 'en',
  },
  {
    who: 'Discourse',
    what: 'whether both languages are there',
    path: '/languages',
    request: {},
    reads: (languages) => ['en', 'es', 'tlh'].map((wanted) => languages.some(({ code }) => code === wanted)),
    expected: [true, true, false],
  },
  {
    who: 'Discourse',
    what: 'a post, as a form',
    path: '/translate',
    request: form({
      q: '<p>Good morning <img src="/images/emoji/tada.png" title=":tada:" class="emoji"> 🎉</p>\n<pre><code>thanks</code></pre>',
      source: 'en',
      target: 'es',
      format: 'html',
      api_key: '',
    }),
    reads: ({ translatedText }) => translatedText,
    expected:
      '<p>Buenos días <img src="/images/emoji/tada.png" title=":tada:" class="emoji"> 🎉</p>\n<pre><code>thanks</code></pre>',
  },
  {
    who: 'Discourse',
    what: 'Hebrew, which it calls as of old; no model has it, so the post stays',
    path: '/translate',
    request: form({ q: '<p>The house is big</p>', source: 'en', target: 'iw', format: 'html', api_key: '' }),
    reads: ({ translatedText }) => translatedText,
    expected: '<p>The house is big</p>',
  },
  {
    who: 'Rocket.Chat',
    what: 'languages, by codes that Intl.Locale takes',
    path: '/languages',
    request: {},
    reads: (languages) =>
      languages
        .map(({ code, name }) => ({ language: new Intl.Locale(code).toString(), name }))
        .filter(({ language }) => language === 'en' || language === 'es'),
    expected: [
      { language: 'en', name: 'English' },
      { language: 'es', name: 'Spanish' },
    ],
  },
  {
    who: 'Rocket.Chat',
    what: 'a message line by line; it finds what it put for emoji codes and mentions',
    path: '/translate',
    request: json({
      q: [
        'The kitchen has 3 windows <i class=notranslate>{0}</i>',
        '',
        'The house is big, <i class=notranslate>{1}</i>!',
      ],
      source: 'auto',
      target: 'es',
      format: 'text',
    }),
    reads: ({ translatedText }) =>
      translatedText
        .join('\n')
        .replace('<i class=notranslate>{0}</i>', ':tada:')
        .replace('<i class=notranslate>{1}</i>', '@ana'),
    expected: 'La cocina tiene 3 ventanas :tada:\n\nLa casa es grande, @ana!',
  },
  {
    who: 'Rocket.Chat',
    what: 'an attachment without a description, with a key',
    path: '/translate',
    request: json({ q: [''], source: 'auto', target: 'es', format: 'text', api_key: 'a-key' }),
    reads: ({ translatedText }) => translatedText.join('\n'),
    expected: '',
  },
]) {
  test(`${who}: ${what}`, async () => {
    const response = await fetch(BASE_URL + path, request);
    const body = await response.text();
    assert.equal(response.status, 200, body);
    assert.deepEqual(reads(JSON.parse(body)), expected);
  });
}
