/** Breaks a line at spaces so that no piece has more than `width` characters; a longer word is cut. */
export function wrapText(text: string, width: number): readonly string[] {
  const room = Math.max(1, Math.floor(width));
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ').flatMap((one) => cut(one, room))) {
    if (line === '') line = word;
    else if (line.length + 1 + word.length <= room) line += ` ${word}`;
    else {
      lines.push(line);
      line = word;
    }
  }
  return [...lines, line];
}

function cut(word: string, room: number): readonly string[] {
  const pieces: string[] = [];
  for (let at = 0; at < word.length; at += room) pieces.push(word.slice(at, at + room));
  return pieces;
}
