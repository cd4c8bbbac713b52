import { config } from "zod";

// The page's policy forbids making code out of text. zod would try when the first schema is made, and be reported: so this comes
// before everything that makes one.
config({ jitless: true });
