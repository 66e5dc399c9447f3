// All of the SDK at once: mint a Security Event Token, verify one, every event type and subject
// identifier it can carry, and the documents of a stream.
//
// Nothing here listens, calls out or works behind your back: the caller brings the HTTP server and
// the clock. A function that can fail returns Result: what may go wrong is in its type.
#pragma once

#include "tocsin/error.h"                 // IWYU pragma: export
#include "tocsin/event.h"                 // IWYU pragma: export
#include "tocsin/finding.h"               // IWYU pragma: export
#include "tocsin/json.h"                  // IWYU pragma: export
#include "tocsin/keys.h"                  // IWYU pragma: export
#include "tocsin/result.h"                // IWYU pragma: export
#include "tocsin/security_event_token.h"  // IWYU pragma: export
#include "tocsin/stream_config.h"         // IWYU pragma: export
#include "tocsin/stream_requests.h"       // IWYU pragma: export
#include "tocsin/subject.h"               // IWYU pragma: export
#include "tocsin/transmitter_metadata.h"  // IWYU pragma: export
#include "tocsin/version.h"               // IWYU pragma: export
