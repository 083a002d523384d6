/** How emoji are made of signs: UTS #51, "emoji sequences". As the source of a regular expression with the flag `u`. */

/** One part of what joiners hold together: a sign, and what says how it looks. */
const PART = "\\p{Extended_Pictographic}(?:\\uFE0F|\\p{EMod}|[\\u{E0020}-\\u{E007F}])*";
/** What is a letter otherwise, or a sign among letters, is a picture only if it says so. */
const SHOWN_AS_PICTURE = "(?=\\p{Emoji_Presentation}|\\p{Emoji}\\uFE0F|\\p{Emoji_Modifier_Base}\\p{EMod})";

export const PICTURE = `(?:\\p{RI}{2}|[0-9#*]\\uFE0F?\\u20E3|${SHOWN_AS_PICTURE}${PART}(?:\\u200D${PART})*)`;
