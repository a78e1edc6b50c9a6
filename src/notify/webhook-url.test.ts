import { findUrlProblem } from './webhook-url.ts';

const strict = { allowPrivateTargets: false };
const open = { allowPrivateTargets: true };

it.each([
  'https://example.com/hook',
  'http://example.com:8443/a/b?c=d',
  'https://xn--bcher-kva.example/',
  'https://bücher.example/',
  'https://93.184.215.14/',
  'https://172.15.255.255/',
  'https://172.32.0.1/',
  'https://[2606:2800:21f:cb07:6820:80da:af6b:8b2c]/',
  'https://localhost.example.com/',
  'https://notlocalhost/',
])('has nothing against %s', (url) => {
  expect(findUrlProblem(url, strict)).toBeUndefined();
});

it.each([
  ['', /not a valid/],
  ['example.com/hook', /not a valid/],
  ['//example.com', /not a valid/],
  ['ftp://example.com/', /https:\/\/ or http:\/\//],
  ['file:///etc/passwd', /https:\/\/ or http:\/\//],
  ['javascript:alert(1)', /https:\/\/ or http:\/\//],
  ['gopher://127.0.0.1:25/', /https:\/\/ or http:\/\//],
  ['https://user@example.com/', /user name or password/],
  ['https://user:secret@example.com/', /user name or password/],
  ['https://example.com/#part', /fragment/],
  [`https://example.com/${'a'.repeat(2_000)}`, /longer than/],
])('says what is wrong with %s, wherever targets may lie', (url, problem) => {
  expect(findUrlProblem(url, strict)).toMatch(problem);
  expect(findUrlProblem(url, open)).toMatch(problem);
});

/** The corpus of addresses that servers were talked into calling. `webhook-sender.test.ts` sends to them as well. */
const PRIVATE_URLS = [
  'http://localhost/',
  'http://LOCALHOST./',
  'http://api.localhost/',
  'http://printer.local/',
  'http://metadata.google.internal/',
  'http://127.0.0.1/',
  'http://127.1/',
  'http://0177.0.0.1/',
  'http://017700000001/',
  'http://2130706433/',
  'http://0x7f000001/',
  'http://0x7f.0.0.1/',
  'http://127.0.0.1./',
  'http://①②⑦.0.0.1/',
  'http://0/',
  'http://0.0.0.0/',
  'http://0.1.2.3/',
  'http://10.0.0.1/',
  'http://100.64.0.1/',
  'http://169.254.169.254/latest/meta-data/',
  'http://2852039166/',
  'http://0xa9fea9fe/',
  'http://172.16.0.1/',
  'http://172.31.255.255/',
  'http://192.0.0.1/',
  'http://192.0.2.1/',
  'http://192.168.1.1/',
  'http://198.18.0.1/',
  'http://198.51.100.1/',
  'http://203.0.113.1/',
  'http://224.0.0.1/',
  'http://240.0.0.1/',
  'http://255.255.255.255/',
  'http://[::]/',
  'http://[::1]/',
  'http://[0:0:0:0:0:0:0:1]/',
  'http://[::127.0.0.1]/',
  'http://[::ffff:127.0.0.1]/',
  'http://[::ffff:7f00:1]/',
  'http://[::ffff:169.254.169.254]/',
  'http://[::ffff:0:127.0.0.1]/',
  'http://[64:ff9b::7f00:1]/',
  'http://[64:ff9b:1::7f00:1]/',
  'http://[2002:7f00:1::]/',
  'http://[2001:0:7f00:1::]/',
  'http://[2001:db8::1]/',
  'http://[fc00::1]/',
  'http://[fd00:ec2::254]/',
  'http://[fe80::1]/',
  'http://[fec0::1]/',
  'http://[ff02::1]/',
  'http://[100::1]/',
];

it.each(PRIVATE_URLS)('refuses %s unless private targets are allowed', (url) => {
  expect(findUrlProblem(url, strict)).toMatch(/public address/);
  expect(findUrlProblem(url, open)).toBeUndefined();
});
