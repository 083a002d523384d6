/** @typedef {import("../../model/session/notifications.js").Notifications} Notifications */

/** Many messages at once ring once. */
const PAUSE_MS = 2_000;
/** A small bell: its tones in Hz, how loud they begin, and how long they last in seconds. @type {[number, number, number][]} */
const TONES = [
	[1318.5, 0.06, 0.9],
	[1975.5, 0.025, 0.6],
	[2637, 0.012, 0.35],
];

/** Rings softly, with a sound that is made here. */
export class Sound {
	/** @type {AudioContext | null} */
	#context = null;
	#rang = Number.NEGATIVE_INFINITY;

	/** @param {Notifications} notifications @param {EventTarget} page */
	constructor(notifications, page) {
		// Browsers let a page make a sound only after somebody has used it.
		const unlock = () => this.#unlock();
		for (const sign of ["pointerdown", "keydown"]) page.addEventListener(sign, unlock, { once: true, capture: true });
		notifications.on("alert", ({ sound }) => sound && this.#ring());
	}

	#unlock() {
		this.#context ??= new AudioContext();
		this.#context.resume().catch(() => {});
	}

	async #ring() {
		const context = this.#context;
		if (!context || performance.now() - this.#rang < PAUSE_MS) return;
		this.#rang = performance.now();
		// A browser may have put it to sleep.
		await context.resume().catch(() => {});
		for (const tone of TONES) strike(context, tone);
	}
}

/** @param {AudioContext} context @param {[number, number, number]} tone */
function strike(context, [frequency, loudness, duration]) {
	const [tone, volume] = [context.createOscillator(), context.createGain()];
	const now = context.currentTime;
	tone.frequency.value = frequency;
	volume.gain.setValueAtTime(0.0001, now);
	volume.gain.exponentialRampToValueAtTime(loudness, now + 0.012);
	volume.gain.exponentialRampToValueAtTime(0.0001, now + duration);
	tone.connect(volume).connect(context.destination);
	tone.start(now);
	tone.stop(now + duration);
}
