// A client of Signalbook in Node. README.md walks through it, and through the same in C++, Python and Go.
//
//   node client.mjs [ADDRESS]     ADDRESS: 127.0.0.1:50051
//   SIGNALBOOK_TOKEN              who asks, where the server wants to know
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import grpc from '@grpc/grpc-js';
import protoLoader from '@grpc/proto-loader';

const kTimeoutMs = 30_000;
const kAttempts = 4;

// gRPC itself tries again when nobody could answer.
const kServiceConfig = {
  methodConfig: [
    {
      name: [{ service: 'signalbook.v1.TranslationService' }],
      retryPolicy: {
        maxAttempts: 4,
        initialBackoff: '0.1s',
        maxBackoff: '2s',
        backoffMultiplier: 2,
        retryableStatusCodes: ['UNAVAILABLE'],
      },
    },
  ],
};

const kProto = protoLoader.loadSync(
  ['signalbook/v1/translation.proto', 'google/rpc/status.proto', 'google/rpc/error_details.proto'],
  {
    includeDirs: [fileURLToPath(new URL('../../proto', import.meta.url))],
    enums: String, // 'VERDICT_REFUSED'; a value newer than the .proto stays a number
    defaults: true, // fields that were not sent; messages that were not are null
    oneofs: true, // answer.result === 'error'
  },
);

// With every call.
const kMetadata = new grpc.Metadata();
if (process.env.SIGNALBOOK_TOKEN) {
  kMetadata.set('authorization', `Bearer ${process.env.SIGNALBOOK_TOKEN}`);
}

function connect(address) {
  const { TranslationService } = grpc.loadPackageDefinition(kProto).signalbook.v1;
  return new TranslationService(address, grpc.credentials.createInsecure(), {
    'grpc.service_config': JSON.stringify(kServiceConfig),
    'grpc.max_receive_message_length': 16 << 20,
  });
}

// What the server attached to an error: 'ErrorInfo', 'BadRequest' or 'RetryInfo'. undefined if it did not.
function find(error, name) {
  const type = `google.rpc.${name}`;
  const any = error.details.find(({ type_url: url }) => url.endsWith(`/${type}`));
  return any && kProto[type].deserialize(any.value);
}

// The google.rpc.Status of an error of grpc-js. gRPC's own have no details: nobody there, a request of more
// than 1 MiB.
function rich(error) {
  const [bytes = Buffer.alloc(0)] = error.metadata?.get('grpc-status-details-bin') ?? [];
  return { ...kProto['google.rpc.Status'].deserialize(bytes), code: error.code };
}

// How many milliseconds an overloaded server asks its callers to wait. undefined: another try would change
// nothing.
function retryDelay(error) {
  if (error.code !== grpc.status.RESOURCE_EXHAUSTED) return undefined;
  const delay = find(rich(error), 'RetryInfo')?.retryDelay;
  return delay && Number(delay.seconds) * 1000 + delay.nanos / 1e6;
}

// All tries share one deadline.
async function ask(client, method, request) {
  const deadline = Date.now() + kTimeoutMs;
  for (let attempt = 1; ; ++attempt) {
    try {
      return await new Promise((resolve, reject) => {
        client[method](request, kMetadata, { deadline }, (error, response) =>
          error ? reject(error) : resolve(response),
        );
      });
    } catch (error) {
      const delay = retryDelay(error);
      if (delay === undefined || attempt === kAttempts || Date.now() + delay >= deadline) throw error;
      await sleep(Math.ceil(delay));
    }
  }
}

function printError(what, error) {
  const reason = find(error, 'ErrorInfo')?.reason;
  const fields = find(error, 'BadRequest')?.fieldViolations.map(({ field }) => field) ?? [];
  console.log([`${what}: code ${error.code}`, ...(reason ? [reason] : []), ...fields].join(', '));
}

// What a reader is told. A client that is older than its server gets reasons that it does not know.
function why(reason) {
  switch (reason) {
    case 'REASON_NO_MODEL':
      return 'this language is not translated here';
    case 'REASON_MODEL_UNAVAILABLE':
    case 'REASON_DEADLINE':
    case 'REASON_MODEL_FAILED':
      return 'try again later';
    case 'REASON_NOT_ALLOWLISTED':
    case 'REASON_BLOCKED':
    case 'REASON_UNKNOWN_SEQUENCE':
    case 'REASON_ILL_FORMED':
      return 'no name that people approved';
    default:
      return 'no translation that could be trusted';
  }
}

// Offsets count bytes of UTF-8, strings count UTF-16.
function slice(text, { begin, end }) {
  return Buffer.from(text).subarray(begin, end).toString();
}

async function detect(client, messages) {
  const { detections } = await ask(client, 'detectLanguage', {
    contents: messages,
    targetLanguageCode: 'es',
  });
  detections.forEach(({ advice, languageCode }, i) => {
    const offer = advice === 'ADVICE_TRANSLATE' ? 'offer' : "don't offer";
    console.log(`${messages[i]}: ${offer} a translation [${languageCode}]`);
  });
}

async function translate(client, messages) {
  const { translations } = await ask(client, 'translateText', {
    contents: messages,
    targetLanguageCode: 'es',
    emojiMode: 'EMOJI_MODE_NAME',
  });
  translations.forEach(({ translatedText, pieces }, i) => {
    console.log(translatedText);
    for (const { licence, sourceRange, targetRange, refusal } of pieces) {
      const reason = refusal ? ` for "${slice(messages[i], sourceRange)}": ${why(refusal.reason)}` : '';
      console.log(`  ${licence} "${slice(translatedText, targetRange)}"${reason}`);
    }
  });
}

// Writes while it reads: a server that has 64 messages under way reads no more until somebody takes an answer.
async function exchange(client, requests, onAnswer) {
  const call = client.streamTranslateText(kMetadata, { deadline: Date.now() + kTimeoutMs });
  const closed = new AbortController();
  call.once('close', () => closed.abort());
  const write = async () => {
    for (const request of requests) {
      if (!call.write(request)) await once(call, 'drain', { signal: closed.signal });
    }
    call.end();
  };
  const writing = write().catch(() => {}); // what broke the stream is told to who reads it
  try {
    for await (const answer of call) onAnswer(answer);
  } finally {
    await writing;
  }
}

async function stream(client) {
  const messages = [
    ['family', 'Good morning! 👍🏽', 'es'],
    ['family', 'See you tomorrow', 'es'],
    ['work', 'See you tomorrow', 'fr'],
    ['work', 'Good morning!', ''], // no language: an error of this one
    ['', '🎉', 'es'],
  ];
  const unanswered = new Map(
    messages.map(([conversation, text, targetLanguageCode], i) => [
      `${i + 1}`,
      {
        id: `${i + 1}`,
        conversation,
        timeoutMs: 5000,
        translate: { contents: [text], sourceLanguageCode: 'en', targetLanguageCode },
      },
    ]),
  );
  const answers = new Map();
  for (let attempt = 1; ; ++attempt) {
    try {
      await exchange(client, [...unanswered.values()], (answer) => {
        answers.set(answer.id, answer);
        unanswered.delete(answer.id);
      });
      break;
    } catch (error) {
      // The server went away: what it has not answered is sent again, to another one.
      if (error.code !== grpc.status.UNAVAILABLE || attempt === kAttempts) throw error;
    }
  }
  for (const [id, answer] of [...answers].sort()) {
    if (answer.result === 'error') printError(id, answer.error);
    else console.log(`${id}: ${answer.response.translations[0].translatedText}`);
  }
}

async function breakTheContract(client) {
  try {
    await ask(client, 'translateText', {
      contents: ['Good morning!', 'x'.repeat(8193)],
      targetLanguageCode: 'es',
    });
  } catch (error) {
    if (error.code !== grpc.status.INVALID_ARGUMENT) throw error;
    printError('wrong request', rich(error));
  }
}

const messages = ['The kitchen has 3 windows 🎉', '他在🇨🇦等你。', '👍🏽'];
const client = connect(process.argv[2] ?? '127.0.0.1:50051');
try {
  await detect(client, messages);
  await translate(client, messages);
  await stream(client);
  await breakTheContract(client);
} catch (error) {
  if (error.code === undefined) throw error;
  printError('failed', rich(error));
  process.exitCode = 1;
} finally {
  client.close();
}
