// The encoder of events, for whoever writes a document around one.
#pragma once

#include "json/sink.h"
#include "tocsin/event.h"

namespace tocsin {

// The payload that to_json() describes.
void write_json(const Event& event, JsonSink& sink);

}  // namespace tocsin
