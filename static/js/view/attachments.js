import { element, iconButton } from "./elements.js";
import { icon } from "./icons.js";
import { sizeText } from "./sizes.js";
import { Thumbnails } from "./thumbnails.js";

/** @typedef {import("./i18n.js").I18n} I18n */
/** @typedef {import("../model/uploads.js").Upload} Upload */
/** @typedef {import("../model/uploads.js").Uploads} Uploads */
/** @typedef {import("../model/world.js").World} World */

/** Files that are about to be sent, above the field: how far they are, and a way back. */
export class AttachmentsView {
	#world;
	#i18n;
	/** @type {Map<string, {line: HTMLElement, state: string, bar: HTMLProgressElement}>} */
	#lines = new Map();
	#thumbnails = new Thumbnails();

	/** @param {World} world @param {I18n} i18n @param {() => void} changed */
	constructor(world, i18n, changed) {
		this.#world = world;
		this.#i18n = i18n;
		this.list = element("ul", { class: "attachments", "aria-label": i18n.text("upload.label"), hidden: true });
		this.#picker = element("input", {
			type: "file",
			multiple: true,
			hidden: true,
			"aria-label": i18n.text("upload.pick"),
		});
		this.button = iconButton(icon("clip"), i18n.text("upload.pick"), { class: "icon-button attach" });
		this.element = element("div", {}, this.list, this.#picker);
		this.button.addEventListener("click", () => this.#picker.click());
		this.#picker.addEventListener("change", () => {
			this.take([...(this.#picker.files ?? [])]);
			this.#picker.value = "";
		});
		world.uploads.on("change", () => {
			this.render();
			changed();
		});
		addEventListener("beforeunload", (event) => world.uploads.busy && event.preventDefault());
	}

	#picker;

	/** Whether there is a file that can be sent. */
	get ready() {
		const id = this.#world.current?.id;
		return Boolean(id && this.#world.uploads.of(id).some(({ said, state }) => !said && state !== "refused"));
	}

	/** @param {readonly File[]} files */
	take(files) {
		const conversation = this.#world.current;
		if (conversation && files.length > 0) this.#world.uploads.add(conversation.id, files);
	}

	render() {
		const uploads = this.#world.uploads.of(this.#world.current?.id ?? "");
		this.list.hidden = uploads.length === 0;
		const keys = new Set(uploads.map(({ key }) => key));
		for (const [key, { line }] of this.#lines) {
			if (keys.has(key)) continue;
			line.remove();
			this.#lines.delete(key);
		}
		this.#thumbnails.keep((key) => this.#world.uploads.has(key));
		for (const upload of uploads) this.#show(upload);
	}

	/** @param {Upload} upload */
	#show(upload) {
		const held = this.#lines.get(upload.key);
		const state = `${upload.state}${upload.said ? " sent" : ""}`;
		if (held?.state === state) {
			held.bar.value = upload.progress;
			return;
		}
		const bar = element("progress", {
			max: 1,
			"aria-label": this.#i18n.text("upload.progress", { name: upload.name }),
		});
		bar.value = upload.progress;
		const line = this.#line(upload, bar);
		if (held) held.line.replaceWith(line);
		else this.list.append(line);
		this.#lines.set(upload.key, { line, state, bar });
	}

	/** @param {Upload} upload @param {HTMLProgressElement} bar */
	#line(upload, bar) {
		const { key, name, size, state, reason, said } = upload;
		const cancel = iconButton(icon("close"), this.#i18n.text("upload.cancel", { name }), { class: "icon-button" });
		cancel.addEventListener("click", () => this.#world.uploads.cancel(key));
		const failed = reason
			? element("span", { class: "error", role: "alert" }, this.#i18n.error(reason))
			: element("span", { class: "file-size" }, sizeText(size, this.#i18n.locale));
		const picture = this.#picture(upload);
		const sign = state === "stored" ? "check" : reason ? "warning" : picture ? null : "file";
		return element(
			"li",
			{ class: `attachment ${state}`, "data-state": state },
			picture,
			sign && icon(sign),
			element(
				"div",
				{ class: "attachment-what" },
				element("bdi", { class: "file-name" }, name),
				failed,
				state === "waiting" || state === "going" ? bar : null,
				said && state !== "failed" ? element("span", { class: "hidden" }, this.#i18n.text("message.waiting")) : null,
				state === "failed" ? this.#again(key) : null,
			),
			cancel,
		);
	}

	/** A picture is shown before anybody else has it. @param {Upload} upload */
	#picture({ key, blob, type, state }) {
		const isPicture = state !== "refused" && this.#world.limits.pictures.includes(type);
		return isPicture ? this.#thumbnails.of(key, blob) : null;
	}

	/** @param {string} key */
	#again(key) {
		const again = element(
			"button",
			{ type: "button", class: "button small quiet" },
			icon("again"),
			this.#i18n.text("message.again"),
		);
		again.addEventListener("click", () => this.#world.uploads.again(key));
		return again;
	}
}
