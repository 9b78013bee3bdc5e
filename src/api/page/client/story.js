// @ts-check
/** Reads the story, draws it on its page, keeps its address true, and draws it again when figures change. */
import { chartCanvas, savePng } from "./chart-png.js";
import { DAY_S } from "./chart-view.js";
import { showAddress } from "./story-address.js";
import { readAdornment, readReadings, Unanswered } from "./story-data.js";
import { dateOf, secondsOf } from "./story-dates.js";
import { shownOf, storyLink } from "./story-link.js";
import { shownWords, storyModel } from "./story-model.js";
import { one, StoryView } from "./story-view.js";

/** After the last movement of a zoom the address follows. */
const SETTLED_MS = 250;

/** The story of one figure. */
class Story {
  /** @type {HTMLElement} */ #figure;
  /** @type {import("./story-link.js").Shown} */ #shown;
  /** @type {string | null} */ #last;
  /** @type {import("./story-data.js").Story | null} */ #story = null;
  /** @type {StoryView | null} */ #view = null;
  #reading = new AbortController();
  #settling = 0;

  /** @param {HTMLElement} figure */
  constructor(figure) {
    this.#figure = figure;
    this.#shown = shownOf(figure.dataset);
    this.#last = figure.dataset.last || null;
    one(document, "#story-form").addEventListener("change", (event) => this.#choose(event.target));
    one(document, "#story-png").addEventListener("click", () => void this.#save());
    document.addEventListener("cutwatch:changed", () => {
      // A page that was replaced as a whole has another figure; what is shown of the past does not change.
      if (figure.isConnected && !document.body.hasAttribute("data-past")) void this.load();
    });
  }

  /** Reads and draws; what was drawn before stays until then, and also when reading fails. */
  async load() {
    this.#reading.abort();
    this.#reading = new AbortController();
    const { signal } = this.#reading;
    try {
      const adorning = readAdornment(this.#shown, this.#last, signal);
      // Its failure is told below, also when the readings fail before it.
      adorning.catch(() => {});
      const readings = await readReadings(this.#figure.dataset.readings ?? "", signal);
      if (signal.aborted) return;
      if (this.#story === null) {
        // The line is there as soon as it can be; what happened meanwhile joins it.
        this.#draw({ readings, repricings: [], decisions: [], events: [], assets: [], failures: [] });
        this.#figure.dataset.drawn = "readings";
      }
      const adornment = await adorning;
      if (signal.aborted) return;
      this.#draw({ readings, ...adornment });
      this.#figure.dataset.drawn = "all";
    } catch (error) {
      if (signal.aborted) return;
      const why = error instanceof Unanswered ? error.message : "the server cannot be reached";
      this.#say(`The chart cannot be ${this.#view === null ? "drawn" : "brought up to date"}: ${why}.`);
      if (!(error instanceof Unanswered || error instanceof TypeError)) throw error;
    }
  }

  /** @param {string} words */
  #say(words) {
    one(this.#figure, ".chart-state").textContent = words;
  }

  /** @param {import("./story-data.js").Story} story */
  #model(story) {
    const { from, measure, range } = this.#shown;
    return storyModel(story, { asOf: this.#last, from, measure, range });
  }

  /** @param {import("./story-data.js").Story} story */
  #draw(story) {
    this.#story = story;
    const model = this.#model(story);
    if (model.x.length < 2) {
      this.#say("One reading is no line yet: see the table below.");
      return;
    }
    if (this.#view === null) this.#start(model);
    else this.#view.setModel(model);
    this.#say(story.failures.join(". "));
    this.#tellShown();
  }

  /** @param {import("./chart.js").Model} model */
  #start(model) {
    const view = new StoryView(this.#figure, model, () => {
      clearTimeout(this.#settling);
      this.#settling = window.setTimeout(() => this.#settle(), SETTLED_MS);
    });
    this.#view = view;
    for (const selector of ["#story-png", "#story-form .assets"]) one(document, selector).hidden = false;
    const { from, to } = this.#shown;
    if (from === null && to === null) return;
    const { min, max } = view.chart.extent;
    view.chart.setView({ min: from === null ? min : secondsOf(from), max: to === null ? max : secondsOf(to) });
  }

  /** The part shown is another one: the address, the words and the assets' common start follow. */
  #settle() {
    if (this.#view === null || this.#story === null) return;
    const { view, extent } = this.#view.chart;
    // Whole days inside the part shown: opened again, the address shows the same readings.
    const from = view.min <= extent.min ? null : dateOf(Math.ceil(view.min / DAY_S) * DAY_S);
    const to = view.max >= extent.max ? null : dateOf(view.max);
    if (from !== this.#shown.from || to !== this.#shown.to) {
      this.#shown = { ...this.#shown, from, to };
      if (this.#shown.assets.length > 0) this.#view.setModel(this.#model(this.#story));
      showAddress(this.#shown, this.#last);
    }
    this.#tellShown();
  }

  #tellShown() {
    if (this.#view === null || this.#story === null) return;
    const words = shownWords(this.#story.readings, this.#view.chart.view, this.#shown);
    one(this.#figure, "#story-shown").textContent = words;
    this.#view.showPeriod();
  }

  /** @param {EventTarget | null} field of the form, that was changed */
  #choose(field) {
    if (field instanceof HTMLInputElement && field.dataset.asset !== undefined) {
      const boxes = document.querySelectorAll("#story-form [data-asset]:checked");
      this.#shown = { ...this.#shown, assets: [...boxes].map((box) => box.getAttribute("data-asset") ?? "") };
      showAddress(this.#shown, this.#last);
      void this.load();
    } else if (field instanceof HTMLSelectElement) {
      const next = { ...this.#shown, [field.name]: field.value };
      // Another meeting has ranges of its own: its likeliest one is shown.
      location.assign(storyLink(field.name === "meeting" ? { ...next, range: "", from: null, to: null } : next));
    }
  }

  async #save() {
    if (this.#view === null || this.#story === null) return;
    const { chart } = this.#view;
    const { meeting, range } = this.#shown;
    const newest = this.#story.readings.at(-1)?.trade_date ?? "none";
    const canvas = chartCanvas(chart, {
      title: this.#figure.dataset.title ?? "",
      subtitle: shownWords(this.#story.readings, chart.view, this.#shown),
      source: `${chart.model.panes[0]?.series[0]?.origin ?? ""}, newest reading ${newest}. cutwatch, ${location.href}`,
    });
    await savePng(canvas, `story-${meeting}-${range}.png`);
  }
}

/** @type {WeakSet<Element>} */
const started = new WeakSet();

function start() {
  const figure = document.querySelector("#story");
  if (!(figure instanceof HTMLElement) || started.has(figure)) return;
  started.add(figure);
  void new Story(figure).load();
}

document.addEventListener("cutwatch:swapped", start);
start();
