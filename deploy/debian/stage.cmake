# Run by cpack when all files lie in its staging folders, stripped, and no package is made yet.
set(STAGE ${CPACK_TEMPORARY_DIRECTORY})

# What would tell the machine: debug information of the archives, with its paths.
file(GLOB_RECURSE ARCHIVES ${STAGE}/dev/usr/lib/*.a)
execute_process(COMMAND strip --strip-debug -D ${ARCHIVES} COMMAND_ERROR_IS_FATAL ANY)

foreach(PACKAGE signalbook signalbook-book)
  string(REGEX REPLACE "signalbook$" "cli" COMPONENT ${PACKAGE})
  string(REPLACE "signalbook-" "" COMPONENT ${COMPONENT})
  execute_process(
    COMMAND ${CPACK_SIGNALBOOK_PYTHON} ${CPACK_SIGNALBOOK_SOURCE_DIR}/deploy/debian/sbom.py ${PACKAGE}
      ${CPACK_PACKAGE_VERSION} ${STAGE}/${COMPONENT} ${CPACK_SIGNALBOOK_SOURCE_DIR} ${CPACK_SIGNALBOOK_BINARY_DIR}
      ${STAGE}/${COMPONENT}/usr/share/doc/${PACKAGE}/sbom.cdx.json
    COMMAND_ERROR_IS_FATAL ANY)
endforeach()

# Neither the builder's mask nor the time of the build.
execute_process(COMMAND chmod -R u=rwX,go=rX ${STAGE} COMMAND_ERROR_IS_FATAL ANY)
if(DEFINED ENV{SOURCE_DATE_EPOCH})
  execute_process(COMMAND find ${STAGE} -exec touch -h -d @$ENV{SOURCE_DATE_EPOCH} {} +
    COMMAND_ERROR_IS_FATAL ANY)
endif()
