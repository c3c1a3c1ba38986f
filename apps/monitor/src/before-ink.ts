// What Ink and React read from the environment as they load, so this comes before them. Ink's colours do not know
// NO_COLOR; React's development build keeps a record of every drawing, which would grow for as long as the monitor runs.
if ((process.env['NO_COLOR'] ?? '') !== '') process.env['FORCE_COLOR'] = '0';
process.env['NODE_ENV'] ??= 'production';
