// Tells whoever registers a webhook what is wrong with its URL. This is a courtesy: the guard that holds is the one at
// connect time (guarded-agents), which sees the address a name resolved to.
import { BlockList, isIP } from 'node:net';

export interface TargetRules {
  /** Lets events go to loopback, private and link-local addresses: for tests and demos. */
  readonly allowPrivateTargets: boolean;
}

const URL_LENGTH_MAX = 2_000;

const V4_SPECIAL: ReadonlyArray<readonly [string, number]> = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
];
// Only 2000::/3 is public; inside it these are not, or they wrap an IPv4 address.
const V6_SPECIAL: ReadonlyArray<readonly [string, number]> = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
];

const special = new BlockList();
for (const [net, bits] of V4_SPECIAL) special.addSubnet(net, bits, 'ipv4');
for (const [net, bits] of V6_SPECIAL) special.addSubnet(net, bits, 'ipv6');
const global6 = new BlockList();
global6.addSubnet('2000::', 3, 'ipv6');

/** What is wrong with the URL, as a sentence; undefined when nothing is. */
export function findUrlProblem(text: string, rules: TargetRules): string | undefined {
  if (text.length > URL_LENGTH_MAX) return `The URL is longer than ${URL_LENGTH_MAX} characters.`;
  if (!URL.canParse(text)) return 'The URL is not a valid absolute URL.';
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'The URL must begin with https:// or http://.';
  if (url.username !== '' || url.password !== '') {
    return 'The URL must not hold a user name or password: the signature of a webhook says who sent it.';
  }
  if (url.hash !== '') return 'The URL must not have a fragment (#...): it would never be sent.';
  return rules.allowPrivateTargets ? undefined : findHostProblem(url.hostname);
}

/** `hostname` is what URL made of it: octal, decimal and hexadecimal spellings of an address are dotted by now. */
function findHostProblem(hostname: string): string | undefined {
  const host = hostname.replace(/^\[|\]$/g, '');
  const isPublic = isIP(host) === 0 ? !isLocalName(host) : isPublicAddress(host);
  if (isPublic) return undefined;
  return `The URL must lead to a public address: ${host} is private, link-local or reserved.`;
}

function isPublicAddress(address: string): boolean {
  if (isIP(address) === 4) return !special.check(address, 'ipv4');
  return global6.check(address, 'ipv6') && !special.check(address, 'ipv6');
}

function isLocalName(host: string): boolean {
  return /(^|\.)(localhost|local|internal)\.?$/.test(host);
}
