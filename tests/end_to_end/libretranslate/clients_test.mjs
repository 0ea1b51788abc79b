// Clients of LibreTranslate that people use, as they are on npm: they work here once they have another URL.
//
//   BASE_URL          where Signalbook serves HTTP: "http://127.0.0.1:8088"
//   SECURE_BASE_URL   another one with a certificate, whose authority is in NODE_EXTRA_CA_CERTS
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import libreLanguageTranslator from '@warren-bank/libre-language-translator';
import libretranslate from 'libretranslate';
import { libreTranslate } from 'libretranslate-ts';
import translate from 'translate';

const { BASE_URL, SECURE_BASE_URL } = process.env;

describe('translate', () => {
  const ask = translate.Translate({ engine: 'libre', url: `${BASE_URL}/translate` });

  for (const { what, text, from, to, expected } of [
    {
      what: 'a model translates',
      text: 'The kitchen has 3 windows 🎉',
      from: 'en',
      to: 'es',
      expected: 'La cocina tiene 3 ventanas 🎉',
    },
    {
      what: 'the book translates',
      text: 'Good morning! 👍🏽',
      from: 'en',
      to: 'es',
      expected: 'Buenos días! 👍🏽',
    },
    {
      what: 'what is refused comes back as it was',
      text: '他在🇨🇦等你。',
      from: 'zh',
      to: 'es',
      expected: '他在🇨🇦等你。',
    },
    {
      what: 'a key that nobody asked for does no harm',
      text: 'Good morning!',
      from: 'en',
      to: 'es',
      key: 'a-key',
      expected: 'Buenos días!',
    },
  ]) {
    test(what, async () => assert.equal(await ask(text, { from, to }), expected));
  }

  test('says what is wrong', async () => {
    await assert.rejects(ask('x'.repeat(8193), { from: 'en', to: 'es' }), /text limit \(8192\)/);
  });
});

describe('libretranslate', () => {
  const ask = (options) =>
    libretranslate.translate({ source: 'en', target: 'es', apiurl: BASE_URL, ...options });

  for (const { what, options, expected } of [
    { what: 'a text', options: { query: 'Good morning! 👍🏽' }, expected: 'Buenos días! 👍🏽' },
    {
      what: 'a list, in its order',
      options: { query: ['Good morning!', '🎉', 'See you tomorrow'] },
      expected: ['Buenos días!', '🎉', 'Hasta mañana'],
    },
    {
      what: 'the language is detected',
      options: { query: 'The kitchen has 3 windows 🎉', source: 'auto' },
      expected: 'La cocina tiene 3 ventanas 🎉',
    },
    {
      what: 'HTML keeps its markup',
      options: {
        query: '<p>Good morning, <a href="https://example.com/a?b=c&amp;d">@ana</a>!</p>',
        format: 'html',
      },
      expected: '<p>Buenos días, <a href="https://example.com/a?b=c&amp;d">@ana</a>!</p>',
    },
    {
      what: 'what looks like HTML in a text is text',
      options: { query: 'The kitchen & the house <3' },
      expected: 'La cocina & la casa <3',
    },
  ]) {
    test(what, async () => assert.deepEqual(await ask(options), expected));
  }

  test('a language that is not listed', async () => {
    await assert.rejects(ask({ query: 'Good morning!', target: 'tlh' }), TypeError);
  });
});

// It keeps URL and key for all who use it, and never throws: an error is a status of 500.
describe('libretranslate-ts', () => {
  libreTranslate.setApiEndpoint(BASE_URL);

  test('languages', async () => {
    const languages = await libreTranslate.listLanguages();
    const english = languages.find(({ code }) => code === 'en');
    assert.equal(english.name, 'English');
    assert.ok(english.targets.includes('es'));
  });

  for (const { what, text, expected } of [
    { what: 'English', text: 'The kitchen has three windows', expected: 'en' },
    { what: 'French', text: "C'est la plus belle maison de la rue", expected: 'fr' },
  ]) {
    test(`detects ${what}`, async () => {
      const { status, language, confidence } = await libreTranslate.detect(text);
      assert.deepEqual({ status, language }, { status: 200, language: expected });
      assert.ok(confidence > 50);
    });
  }

  test('nobody can tell the language of emoji', async () => {
    const { status, language, confidence } = await libreTranslate.detect('🎉👍🏽');
    assert.deepEqual({ status, language, confidence }, { status: 200, language: 'en', confidence: 0 });
  });

  for (const key of [null, '', 'a-key']) {
    test(`translates with the key ${JSON.stringify(key)}, of which nobody asked`, async () => {
      libreTranslate.setApiKey(key);
      const { status, translatedText, error } = await libreTranslate.translate('Good morning!', 'en', 'es');
      assert.deepEqual({ status, translatedText, error }, { status: 200, translatedText: 'Buenos días!', error: undefined });
    });
  }

  test('there are no alternatives to what was let out', async () => {
    const { translatedText, alternatives } = await libreTranslate.translate('See you tomorrow', 'en', 'es', 3);
    assert.deepEqual({ translatedText, alternatives }, { translatedText: 'Hasta mañana', alternatives: [] });
  });

  test('says what is wrong', async () => {
    const { status, error } = await libreTranslate.translate('Good morning!', 'en', 'not a language');
    assert.equal(status, 500);
    assert.match(error, /not supported/);
  });
});

// It speaks HTTPS alone.
describe('@warren-bank/libre-language-translator', () => {
  test('languages', async () => {
    await libreLanguageTranslator.init(SECURE_BASE_URL);
    assert.ok(libreLanguageTranslator.get_output_languages(SECURE_BASE_URL, 'en').includes('es'));
    assert.ok(!libreLanguageTranslator.is_valid_input_language(SECURE_BASE_URL, 'tlh'));
  });

  for (const optimize of [false, true]) {
    test(`a list, ${optimize ? 'each text once' : 'as it is'}`, async () => {
      const texts = ['Good morning!', '🎉', 'Good morning!', 'See you tomorrow'];
      assert.deepEqual(
        await libreLanguageTranslator.translate('', SECURE_BASE_URL, 'en', 'es', texts, optimize),
        ['Buenos días!', '🎉', 'Buenos días!', 'Hasta mañana'],
      );
    });
  }
});
