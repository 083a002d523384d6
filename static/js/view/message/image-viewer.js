import { sizeText } from "../format/numbers.js";
import { element, iconButton, setAttribute } from "../ui/dom.js";
import { icon } from "../ui/icons.js";
import { fileUrl } from "./file.js";

/** @typedef {import("../format/i18n.js").I18n} I18n */
/** @typedef {import("../../model/base/protocol.js").File} StoredFile */

/**
 * Opens the image viewer. It fits one image at a time into the window; a click shows the image in its own size.
 * @param {readonly StoredFile[]} files
 * @param {string} first the id of the image to begin with
 * @param {I18n} i18n
 */
export function openImageViewer(files, first, i18n) {
	let index = Math.max(
		files.findIndex(({ id }) => id === first),
		0,
	);
	const image = element("img", { class: "viewer-picture", draggable: "false" });
	const name = element("bdi", { class: "viewer-name" });
	const size = element("span", { class: "viewer-size" });
	const download = element(
		"a",
		{ class: "icon-button", "aria-label": i18n.text("viewer.download"), title: i18n.text("viewer.download") },
		icon("download"),
	);
	const close = iconButton(icon("close"), i18n.text("viewer.close"), { class: "icon-button", autofocus: true });
	const previous = iconButton(icon("back"), i18n.text("viewer.previous"), { class: "viewer-step previous" });
	const next = iconButton(icon("forward"), i18n.text("viewer.next"), { class: "viewer-step next" });
	const dialog = element(
		"dialog",
		{ class: "viewer", "aria-label": i18n.text("viewer.label") },
		element("header", {}, name, size, download, close),
		element("div", { class: "viewer-room" }, image),
		previous,
		next,
	);
	const show = () => {
		const file = files[index];
		if (!file) return;
		image.classList.remove("own-size");
		setAttribute(image, "width", file.width);
		setAttribute(image, "height", file.height);
		image.src = fileUrl(file);
		image.alt = name.textContent = file.name;
		size.textContent = sizeText(file.size, i18n);
		setAttribute(download, "href", fileUrl(file));
		setAttribute(download, "download", file.name);
		const steps = [previous, next];
		const pressed = steps.find((step) => step === document.activeElement);
		previous.hidden = index === 0;
		next.hidden = index === files.length - 1;
		// At either end the pressed button is hidden: keep the focus in the viewer.
		if (pressed?.hidden) (steps.find((step) => !step.hidden) ?? close).focus();
	};
	/** @param {number} by */
	const move = (by) => {
		index = Math.min(Math.max(index + by, 0), files.length - 1);
		show();
	};
	previous.addEventListener("click", () => move(-1));
	next.addEventListener("click", () => move(1));
	close.addEventListener("click", () => dialog.close());
	image.addEventListener("click", () => image.classList.toggle("own-size"));
	dialog.addEventListener("click", ({ target }) => {
		if (target instanceof Element && target.matches(".viewer, .viewer-room")) dialog.close();
	});
	dialog.addEventListener("keydown", ({ key }) => {
		if (key === "ArrowLeft") move(-1);
		if (key === "ArrowRight") move(1);
	});
	dialog.addEventListener("close", () => dialog.remove());
	document.body.append(dialog);
	show();
	dialog.showModal();
}
