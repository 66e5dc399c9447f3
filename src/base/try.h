// TOCSIN_TRY(auto x, f()): x is the value of f(), or the enclosing function returns f()'s error.
// TOCSIN_CHECK(f()): goes on if f() succeeded, or returns its error. For Result only.
#pragma once

#include <utility>

#include "tocsin/result.h"

#define TOCSIN_CONCAT_(a, b) a##b
#define TOCSIN_CONCAT(a, b) TOCSIN_CONCAT_(a, b)

#define TOCSIN_TRY_(result, declaration, ...)    \
  auto result = (__VA_ARGS__);                   \
  if (!result) return std::move(result).error(); \
  declaration = std::move(result).value()
#define TOCSIN_TRY(declaration, ...) \
  TOCSIN_TRY_(TOCSIN_CONCAT(tocsin_try_, __LINE__), declaration, __VA_ARGS__)

#define TOCSIN_CHECK_(result, ...) \
  if (auto result = (__VA_ARGS__); !result) return std::move(result).error()
#define TOCSIN_CHECK(...) TOCSIN_CHECK_(TOCSIN_CONCAT(tocsin_check_, __LINE__), __VA_ARGS__)
