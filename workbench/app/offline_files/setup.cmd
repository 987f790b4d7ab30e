@echo off
rem Sets the workbench up from this folder, without internet and without administrator rights.
rem ASCII only: cmd reads this file in the code page of the PC. A folder on a share gets a drive letter by pushd.
setlocal
pushd "%~dp0"
if errorlevel 1 (
  echo This folder cannot be opened. Copy it to this PC and try again.
  pause
  exit /b 1
)
set "FOUND="
call :try "%LOCALAPPDATA%\Programs\Python\Python{digits}\python.exe"
call :try "%ProgramFiles%\Python{digits}\python.exe"
call :try "%LOCALAPPDATA%\workbench-python\python.exe"
if not defined FOUND for /f "delims=" %%P in ('py -{python} -c "import sys; print(sys.executable)" 2^>nul') do call :try "%%P"
if not defined FOUND for %%F in (python-{python}.*-amd64.exe) do call :bring "%%F"
if not defined FOUND (
  start "" notepad "%CD%\README.txt"
  popd
  exit /b 1
)
"%FOUND%" -I -B setup.py %*
set "RESULT=%ERRORLEVEL%"
popd
pause
exit /b %RESULT%

:try
if not defined FOUND if exist "%~1" set "FOUND=%~1"
exit /b 0

:bring
"%~1" /passive InstallAllUsers=0 InstallLauncherAllUsers=0 Include_launcher=0 Include_test=0 Include_doc=0 PrependPath=0 AssociateFiles=0 Shortcuts=0 TargetDir="%LOCALAPPDATA%\workbench-python"
call :try "%LOCALAPPDATA%\workbench-python\python.exe"
exit /b 0
