/** A picture of a page with a palette instead of three bytes a pixel: a quarter of the size, and to the eye the same. */
import { crc32, deflateSync, inflateSync } from "node:zlib";

const SIGNATURE = Buffer.from("89504e470d0a1a0a", "hex");
const MOST_COLOURS = 256;
const RGB = 3;

interface Pixels {
  readonly width: number;
  readonly height: number;
  /** three bytes a pixel */
  readonly bytes: Uint8Array;
}

function chunksOf(png: Buffer): Map<string, Buffer> {
  const chunks = new Map<string, Buffer>();
  for (let at = SIGNATURE.length; at < png.length; ) {
    const length = png.readUInt32BE(at);
    const type = png.toString("latin1", at + 4, at + 8);
    const data = png.subarray(at + 8, at + 8 + length);
    chunks.set(type, Buffer.concat([chunks.get(type) ?? Buffer.alloc(0), data]));
    at += 12 + length;
  }
  return chunks;
}

/** PNG's predictor of a byte from those to the left, above, and left above. */
function paeth(left: number, above: number, corner: number): number {
  const guess = left + above - corner;
  const [a, b, c] = [Math.abs(guess - left), Math.abs(guess - above), Math.abs(guess - corner)];
  if (a <= b && a <= c) return left;
  return b <= c ? above : corner;
}

/** The pixels of an opaque picture of 8 bits a channel, as Chromium makes them. */
function pixelsOf(png: Buffer): Pixels {
  const chunks = chunksOf(png);
  const head = chunks.get("IHDR") ?? Buffer.alloc(13);
  const [width, height, depth, kind] = [head.readUInt32BE(0), head.readUInt32BE(4), head[8], head[9]];
  if (depth !== 8 || (kind !== 2 && kind !== 6))
    throw new RangeError(`Cannot read a PNG of depth ${depth}, type ${kind}`);
  const channels = kind === 2 ? 3 : 4;
  const stride = width * channels;
  const raw = inflateSync(chunks.get("IDAT") ?? Buffer.alloc(0));
  const bytes = new Uint8Array(width * height * RGB);
  let above = new Uint8Array(stride);
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (stride + 1)] ?? 0;
    const line = new Uint8Array(stride);
    for (let x = 0; x < stride; x++) {
      const left = x < channels ? 0 : (line[x - channels] ?? 0);
      const up = above[x] ?? 0;
      const corner = x < channels ? 0 : (above[x - channels] ?? 0);
      const predicted = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter] ?? 0;
      line[x] = (raw[y * (stride + 1) + 1 + x] ?? 0) + predicted;
    }
    for (let x = 0; x < width; x++) bytes.set(line.subarray(x * channels, x * channels + RGB), (y * width + x) * RGB);
    above = line;
  }
  return { width, height, bytes };
}

function distance(one: number, other: number): number {
  const apart = (shift: number) => ((one >> shift) & 255) - ((other >> shift) & 255);
  return apart(16) ** 2 + apart(8) ** 2 + apart(0) ** 2;
}

/** Squared distances: colours are first taken far from each other, so that a rare one among many greys has its place. */
const APART = [1200, 300, 75, 1];

/** For each colour its place in a palette of the most frequent ones: its own, or the nearest. */
function paletteOf(counts: ReadonlyMap<number, number>): { palette: number[]; places: Map<number, number> } {
  const byCount = [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0]).map(([colour]) => colour);
  const palette: number[] = [];
  for (const apart of APART) {
    for (const colour of byCount) {
      if (palette.length === MOST_COLOURS) break;
      if (palette.every((taken) => distance(colour, taken) >= apart)) palette.push(colour);
    }
  }
  const places = new Map<number, number>();
  for (const colour of byCount) {
    let nearest = 0;
    for (let i = 1; i < palette.length; i++) {
      if (distance(colour, palette[i] ?? 0) < distance(colour, palette[nearest] ?? 0)) nearest = i;
    }
    places.set(colour, nearest);
  }
  return { palette, places };
}

function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}

/**
 * The same picture with 256 colours, each other replaced by the nearest of them.
 *
 * @throws RangeError for a PNG of another kind than Chromium's
 */
export function withPalette(png: Buffer): Buffer {
  const { width, height, bytes } = pixelsOf(png);
  const colourAt = (pixel: number) =>
    ((bytes[pixel * RGB] ?? 0) << 16) | ((bytes[pixel * RGB + 1] ?? 0) << 8) | (bytes[pixel * RGB + 2] ?? 0);
  const counts = new Map<number, number>();
  for (let pixel = 0; pixel < width * height; pixel++)
    counts.set(colourAt(pixel), (counts.get(colourAt(pixel)) ?? 0) + 1);
  const { palette, places } = paletteOf(counts);
  const lines = new Uint8Array(height * (width + 1)); // each begins with 0: no filter
  for (let pixel = 0; pixel < width * height; pixel++) {
    lines[pixel + Math.floor(pixel / width) + 1] = places.get(colourAt(pixel)) ?? 0;
  }
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 3], 8);
  const colours = Buffer.from(palette.flatMap((colour) => [(colour >> 16) & 255, (colour >> 8) & 255, colour & 255]));
  return Buffer.concat([
    SIGNATURE,
    chunk("IHDR", head),
    chunk("PLTE", colours),
    chunk("IDAT", deflateSync(lines, { level: 9 })),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}
