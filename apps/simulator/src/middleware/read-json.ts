import express, { type RequestHandler } from 'express';

/** Reads a JSON body of at most `limit` bytes, whatever content type it claims. */
export const readJson = (limit: number): RequestHandler => express.json({ limit, strict: false, type: () => true });
