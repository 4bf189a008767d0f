# eddy_module(NAME [COLD] [SINGLY] SOURCES ... [KERNELS ...] [DEPENDS modules ...] [PUBLIC libraries ...] [PRIVATE libraries ...])
# One static library eddy_NAME per folder src/eddy/NAME; headers are included as <eddy/NAME/...>. KERNELS are sources that
# are compiled once per instruction set. COLD: see eddy_compile_cold.
function(eddy_module name)
  cmake_parse_arguments(arg "COLD;SINGLY" "" "SOURCES;KERNELS;DEPENDS;PUBLIC;PRIVATE" ${ARGN})
  add_library(eddy_${name} STATIC ${arg_SOURCES})
  target_include_directories(eddy_${name} PUBLIC ${PROJECT_SOURCE_DIR}/src)
  foreach(module ${arg_DEPENDS})
    target_link_libraries(eddy_${name} PUBLIC eddy_${module})
  endforeach()
  target_link_libraries(eddy_${name} PUBLIC ${arg_PUBLIC} PRIVATE ${arg_PRIVATE})
  set_target_properties(eddy_${name} PROPERTIES POSITION_INDEPENDENT_CODE ON)
  eddy_compile_settings(eddy_${name})
  if(arg_COLD)
    eddy_compile_cold(eddy_${name})
  endif()
  set(many 20)
  if(EDDY_UNITY AND NOT arg_SINGLY)
    eddy_unite(eddy_${name} ${arg_SOURCES})
    set(many 50)  # they parse them once for several sources
  endif()
  eddy_precompile(eddy_${name} ${many} <nlohmann/json.hpp> <fmt/format.h>)
  if(arg_KERNELS)
    eddy_kernels(${name} baseline "" ${arg_KERNELS})
    if(CMAKE_SYSTEM_PROCESSOR STREQUAL "x86_64")
      eddy_kernels(${name} avx2 "-march=x86-64-v3" ${arg_KERNELS})
      eddy_kernels(${name} avx512 "-march=x86-64-v4;-mprefer-vector-width=512" ${arg_KERNELS})
    endif()
  endif()
endfunction()

# eddy_kernels(MODULE TARGET OPTIONS SOURCES ...): adds the sources, compiled for one instruction set into the namespace
# TARGET, to the module; net/instruction_set.hpp picks one at run time. Without errno, square roots are one instruction;
# nothing else of -ffast-math, which breaks NaN checks and compensated sums.
function(eddy_kernels module target options)
  set(name eddy_${module}_${target})
  add_library(${name} OBJECT ${ARGN})
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}/src)
  set_target_properties(${name} PROPERTIES POSITION_INDEPENDENT_CODE ON)
  eddy_compile_settings(${name})
  target_compile_options(${name} PRIVATE ${options} -fno-math-errno)
  target_compile_definitions(${name} PRIVATE EDDY_TARGET=${target})
  target_sources(eddy_${module} PRIVATE $<TARGET_OBJECTS:${name}>)
endfunction()

# eddy_test(MODULE SOURCES ... [LINK libraries ...]): one GoogleTest executable per module.
function(eddy_test module)
  cmake_parse_arguments(arg "" "" "SOURCES;LINK" ${ARGN})
  add_executable(eddy_${module}_test ${arg_SOURCES})
  target_link_libraries(eddy_${module}_test PRIVATE eddy_${module} eddy_test_repository ${arg_LINK} GTest::gtest_main
                                                    GTest::gmock)
  eddy_compile_settings(eddy_${module}_test)
  eddy_compile_cold(eddy_${module}_test)
  eddy_precompile(eddy_${module}_test 5 <gtest/gtest.h> <gmock/gmock.h>)
  gtest_discover_tests(eddy_${module}_test TEST_PREFIX ${module}. DISCOVERY_MODE PRE_TEST PROPERTIES TIMEOUT 600)
endfunction()

# eddy_compile_cold(TARGET): no optimisation beyond -O1, which takes a quarter less to compile, for what has no loops over
# events that count.
function(eddy_compile_cold target)
  if(CMAKE_BUILD_TYPE STREQUAL "Release")
    target_compile_options(${target} PRIVATE -O1)
  endif()
endfunction()

# eddy_unite(TARGET SOURCES ...): the sources of a folder are compiled together, so that what they all include is parsed and
# instantiated once; at most EDDY_UNITY of them, so that who changes one does not wait long.
function(eddy_unite target)
  foreach(source IN LISTS ARGN)
    cmake_path(GET source PARENT_PATH folder)
    string(MAKE_C_IDENTIFIER "of_${folder}" folder)
    list(APPEND folders ${folder})
    list(APPEND ${folder} ${source})
  endforeach()
  list(REMOVE_DUPLICATES folders)
  foreach(folder IN LISTS folders)
    list(LENGTH ${folder} n_sources)
    math(EXPR n_units "(${n_sources} + ${EDDY_UNITY} - 1) / ${EDDY_UNITY}")
    set(i 0)
    foreach(source IN LISTS ${folder})
      math(EXPR unit "${i} * ${n_units} / ${n_sources}")
      set_source_files_properties(${source} PROPERTIES UNITY_GROUP ${folder}${unit})
      math(EXPR i "${i} + 1")
    endforeach()
  endforeach()
  set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_MODE GROUP)
endfunction()

# eddy_precompile(TARGET MANY HEADERS ...): the headers and the standard ones that most sources use are parsed once, where
# there are more than MANY sources to save the time of it. Sources include what they need all the same: EDDY_PCH=OFF.
function(eddy_precompile target many)
  get_target_property(sources ${target} SOURCES)
  list(LENGTH sources n_sources)
  if(EDDY_PCH AND n_sources GREATER many)
    target_precompile_headers(${target} PRIVATE <algorithm> <filesystem> <functional> <optional> <string> <vector> ${ARGN})
    target_compile_options(${target} PRIVATE -fpch-preprocess)  # for ccache
  endif()
endfunction()

# Warnings, optimisation and sanitizers of our own targets only; nothing global.
function(eddy_compile_settings target)
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion
                                           -Wnon-virtual-dtor -Wold-style-cast)
  # g++ 12 reports overlapping and endless copies in std::string's operator+ that cannot happen (GCC bug 105329).
  target_compile_options(${target} PRIVATE -Wno-restrict -Wno-stringop-overflow)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")  # collecting garbage earlier takes a tenth of the time and saves 100 MB
    target_compile_options(${target} PRIVATE --param=ggc-min-heapsize=524288)
  endif()
  if(EDDY_WERROR)
    target_compile_options(${target} PRIVATE -Werror)
  endif()
  if(CMAKE_BUILD_TYPE STREQUAL "Release")
    target_compile_options(${target} PRIVATE -O3)
  endif()
  if(EDDY_SANITIZE)
    target_compile_options(${target} PRIVATE -fsanitize=${EDDY_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
    if(EDDY_SANITIZE MATCHES "address")  # which sees bad pointers itself: these checks double the time of compilation
      target_compile_options(${target} PRIVATE -fno-sanitize=null,vptr,object-size,alignment)
    endif()
    target_compile_definitions(${target} PRIVATE _GLIBCXX_ASSERTIONS)
    target_link_options(${target} PRIVATE -fsanitize=${EDDY_SANITIZE})
  endif()
  if(EDDY_FUZZ)
    target_compile_options(${target} PRIVATE -fsanitize-coverage=trace-pc,trace-cmp)
    get_target_property(type ${target} TYPE)
    if(type STREQUAL "EXECUTABLE")
      target_link_libraries(${target} PRIVATE eddy_fuzz_coverage)
    endif()
  endif()
endfunction()
