/** Characters that steer a terminal, and that JSON may have as they are (RFC 8259, 7). */
const steering = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** JSON that may be shown on a terminal: the same once it is parsed, with escapes for what would steer the terminal. */
export function terminalJson(json: string): string {
  return json.replaceAll(steering, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
