/** How far something is, from 0 to 1, with its number beside it. */
export function Bar({ share, label }: { readonly share: number; readonly label: string }) {
  const percent = Math.round(100 * Math.min(1, Math.max(0, share)));
  return (
    <span className="bar">
      <progress max={100} value={percent} aria-label={label} />
      <span className="bar-text">{percent}%</span>
    </span>
  );
}
