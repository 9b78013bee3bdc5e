/** The pages' client modules, which are plain JavaScript, as tests load them. */

/** Loads one that needs no browser: `story-model.js`. */
export async function clientModule<T>(name: string): Promise<T> {
  return (await import(new URL(`../../src/api/page/client/${name}`, import.meta.url).href)) as T;
}
