/** URLs that must never be called, made around the address and port of a canary. */

const LITERALS_V4 = [
  ...["0.0.0.0", "0.0.0.1", "0.255.255.255", "10.0.0.0", "10.0.0.1", "10.255.255.255", "100.64.0.0", "100.100.100.200"],
  ...[
    "100.127.255.255",
    "127.0.0.1",
    "127.0.1.1",
    "127.255.255.255",
    "169.254.0.1",
    "169.254.169.254",
    "169.254.170.2",
  ],
  ...[
    "168.63.129.16",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.1",
    "192.0.0.8",
    "192.0.0.9",
    "192.0.0.170",
    "192.0.0.192",
  ],
  ...["192.0.2.1", "192.31.196.1", "192.52.193.1", "192.88.99.1", "192.168.0.1", "192.168.255.255", "192.175.48.1"],
  ...["198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1"],
  ...["255.255.255.254", "255.255.255.255"],
] as const;

const LITERALS_V6 = [
  ...["::", "::1", "::2", "0:0:0:0:0:0:0:1", "::ffff:0:127.0.0.1", "::127.0.0.1", "::10.0.0.1", "::ffff:7f00:1"],
  ...["::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::ffff:a9fe:a9fe", "::ffff:93.184.216.34"],
  ...["64:ff9b::7f00:1", "64:ff9b::10.0.0.1", "64:ff9b::93.184.216.34", "64:ff9b:1::7f00:1", "64:ff9b:1:ffff::1"],
  ...["100::1", "100:0:0:1::1", "2001::1", "2001:0:7f00:1::", "2001:2::1", "2001:3::1", "2001:4:112::1", "2001:10::1"],
  ...[
    "2001:20::1",
    "2001:30::1",
    "2001:db8::1",
    "2001:1ff:ffff::1",
    "2002:7f00:1::",
    "2002:a00:1::1",
    "2002:c0a8:1::1",
  ],
  ...["2620:4f:8000::1", "3fff::1", "3fff:fff::1", "5f00::1", "fc00::1", "fd00:ec2::254", "fd20:ce::254", "fe80::1"],
  ...["fe80::a9fe:a9fe", "febf::1", "fec0::1", "ff02::1", "ff0e::1", "1fff::1", "4000::1", "8000::1", "c000::1"],
] as const;

const NAMES = [
  ...["localhost", "LOCALHOST", "LocalHost", "localhost.", "localhost.localdomain", "a.localhost", "x.y.localhost"],
  ...["ip6-localhost", "ip6-loopback", "broadcasthost", "metadata", "metadata.google.internal", "instance-data"],
  ...["instance-data.ec2.internal", "kubernetes", "kubernetes.default", "kubernetes.default.svc.cluster.local"],
  ...["host.docker.internal", "gateway.docker.internal", "db", "postgres", "router", "printer.local", "nas.lan"],
  ...["fritz.box.home", "server.corp", "wiki.intranet", "x.private", "x.home.arpa", "1.0.0.127.in-addr.arpa", "x.test"],
  ...["x.invalid", "x.onion", "x.alt", "x.localdomain", "mail.mail", "example.com.", "example.com..", "example..com"],
  ...[
    ".example.com",
    "local\u00adhost",
    "ｌｏｃａｌｈｏｓｔ",
    "ⓛⓞⓒⓐⓛⓗⓞⓢⓣ",
    "localhost\u3002",
    "x.ｌｏｃａｌ",
    "loc%61lhost",
    "%6cocalhost",
  ],
] as const;

/** Other spellings of an IPv4 address that some parser reads as that address. */
function disguises(address: string): string[] {
  const [a = 0, b = 0, c = 0, d = 0] = address.split(".").map(Number);
  const whole = ((a * 256 + b) * 256 + c) * 256 + d;
  const hex = (byte: number) => byte.toString(16).padStart(2, "0");
  const octal = (byte: number) => `0${byte.toString(8)}`;
  const fullwidth = address.replace(/\d/g, (digit) => String.fromCodePoint(0xff10 + Number(digit)));
  const circled = address.replace(/[1-9]/g, (digit) => String.fromCodePoint(0x2460 + Number(digit) - 1));
  return [
    ...[`${whole}`, `0x${whole.toString(16)}`, `0X${whole.toString(16).toUpperCase()}`, `0${whole.toString(8)}`],
    ...[[a, b, c, d].map(octal).join("."), [a, b, c, d].map((byte) => `0x${hex(byte)}`).join(".")],
    ...[`${octal(a)}.${b}.${c}.${d}`, `0x${hex(a)}.${b}.${c}.${d}`, `${a}.0x${hex(b)}.${octal(c)}.${d}`],
    ...[
      `${a}.${b * 65536 + c * 256 + d}`,
      `${a}.${b}.${c * 256 + d}`,
      `0${a}.0${b}.0${c}.0${d}`,
      `${a}.${b}.${c}.${d}.`,
    ],
    ...[
      fullwidth,
      circled,
      address.replaceAll(".", "\u3002"),
      address.replaceAll(".", "\uff0e"),
      address.replaceAll(".", "%2e"),
    ],
    ...[
      `${a + 256}.${b}.${c}.${d}`,
      `${whole + 2 ** 32}`,
      `${a}.${b}.${c}`,
      `${a}..${c}.${d}`,
      `%${hex(48 + (a % 10))}.0.0.1`,
    ],
    ...[
      `[::ffff:${address}]`,
      `[::${address}]`,
      `[64:ff9b::${address}]`,
      `[2002:${hex(a)}${hex(b)}:${hex(c)}${hex(d)}::]`,
    ],
    ...[`[::ffff:${hex(a)}${hex(b)}:${hex(c)}${hex(d)}]`, `[::ffff:${address}%25lo]`, `[::1%25lo]`, `[fe80::1%eth0]`],
  ];
}

function tricks(host: string, port: number): string[] {
  const at = `${host}:${port}`;
  return [
    ...[
      `https://hooks.example.com@${at}/`,
      `https://hooks.example.com:443@${at}/`,
      `https://user:pass@hooks.example.com/`,
    ],
    ...[
      `https://@${at}/`,
      `https://:@hooks.example.com/`,
      `https://hooks.example.com%40${at}/`,
      `https://${at}@hooks.example.com/`,
    ],
    ...[
      `https://hooks.example.com\\@${at}/`,
      `https:\\\\${at}/`,
      `https:/\\${at}/`,
      `https:///${at}/`,
      `https:/${at}/`,
    ],
    ...[`https:${at}/`, `//${at}/`, `/${at}/`, at, `${host}`, `https:////${at}/`, `https://hooks.example.com#@${at}/`],
    ...[
      `https://hooks.example.com/#${at}`,
      `https://hooks.example.com\t@${at}/`,
      `https://${at}\t/`,
      `\thttps://${at}/`,
    ],
    ...[
      `https://hooks.example.com\r\nHost: ${at}/`,
      ` https://${at}/`,
      `https://${at}/ `,
      `https://${at} .example.com/`,
    ],
    ...[
      `https://hooks.example.com/a b`,
      `https://hooks.example.com/\u0000`,
      `ht\ntps://${at}/`,
      `https://${at}\u0000.example.com/`,
    ],
    ...[
      `http://${at}/`,
      `HTTP://${at}/`,
      `http://hooks.example.com/`,
      `http://hooks.example.com:443/`,
      `http://hooks.example.com:8443/`,
    ],
    ...[
      "ftp",
      "file",
      "gopher",
      "dict",
      "ldap",
      "ws",
      "wss",
      "tftp",
      "jar",
      "netdoc",
      "unix",
      "data",
      "blob",
      "view-source",
    ].map((scheme) => `${scheme}://${at}/`),
    ...[
      `javascript:fetch('http://${at}/')`,
      "data:text/plain,x",
      "file:///etc/passwd",
      "about:blank",
      "",
      " ",
      "https://",
    ],
    ...[
      "https://:443/",
      "https://?",
      "https://#",
      "https://[",
      "https://[]/",
      "https://[::1/",
      "https://]/",
      "https://%/",
    ],
    ...[21, 22, 25, 53, 80, 110, 3306, 4433, 5432, 6379, 8080, 8442, 8444, 9200, 11211, 27017, 0, 65535].map(
      (other) => `https://hooks.example.com:${other}/`,
    ),
    ...["https://hooks.example.com:65536/", "https://hooks.example.com:-1/", "https://hooks.example.com:443x/"],
    ...[
      "https://hooks.example.com:0x1bb/",
      "https://hooks.example.com:443:8443/",
      `https://hooks.example.com/${"a".repeat(2048)}`,
    ],
  ];
}

/** Over 300 URLs, each of which the URL alone must betray. */
export function hostileUrls(canary: { readonly address: string; readonly port: number }): string[] {
  const { address, port } = canary;
  const hosts = [
    ...LITERALS_V4,
    ...LITERALS_V6.map((literal) => `[${literal}]`),
    ...NAMES,
    ...disguises(address),
    ...disguises("127.0.0.1"),
    ...disguises("169.254.169.254"),
  ];
  return [...new Set([...hosts.map((host) => `https://${host}:${port}/hook`), ...tricks(address, port)])];
}

/** Addresses to which a name of the public DNS may lead, each of them to be refused. */
export const HOSTILE_ADDRESSES: readonly string[] = [...LITERALS_V4, ...LITERALS_V6];
