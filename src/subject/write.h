// The encoder of subjects, for whoever writes a document around one.
#pragma once

#include "json/sink.h"
#include "tocsin/subject.h"

namespace tocsin {

// The object that to_json() describes.
void write_json(const Subject& subject, JsonSink& sink);

}  // namespace tocsin
