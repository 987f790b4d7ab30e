' How the add-in reaches Python: one process for buttons and functions, started by the library of xlwings.
' A formula of any open workbook can call every public function of an add-in, so only the functions for cells are
' public; everything else here is private, or a Sub, which cannot stand in a formula.
' Chinese texts stand on the sheet "texts", because VBA source is stored in one code page and has to be ASCII.
#If Win64 Then
    Private Const LIBRARY As String = "xlwings64-{version}.dll"
    Private Declare PtrSafe Function ActivateAuto Lib "xlwings64-{version}.dll" Alias "XLPyDLLActivateAuto" (ByRef result As Variant, Optional ByVal config As String = "", Optional ByVal mode As Long = 1) As Long
#Else
    Private Const LIBRARY As String = "xlwings32-{version}.dll"
    Private Declare PtrSafe Function ActivateAuto Lib "xlwings32-{version}.dll" Alias "XLPyDLLActivateAuto" (ByRef result As Variant, Optional ByVal config As String = "", Optional ByVal mode As Long = 1) As Long
#End If
Private Declare PtrSafe Function LoadLibrary Lib "KERNEL32" Alias "LoadLibraryA" (ByVal path As String) As LongPtr
Private failed_at As Date

Public Sub Press(ByVal id As String)
    On Error GoTo failed
    If TypeName(Application.Caller) = "Range" Then Exit Sub
    If Workbooks.Count = 0 Or ActiveWorkbook Is Nothing Then Workbooks.Add
    Application.StatusBar = TextOf("working")
    failed_at = 0
    XLPy.SetAttr XLPy.Module("xlwings._xlwindows"), "BOOK_CALLER", ActiveWorkbook
    XLPy.Exec "import workbench.interfaces.addin.callbacks as callbacks; callbacks.run('" & id & "')"
    Application.StatusBar = False
    Exit Sub
failed:
    Application.StatusBar = False
    MsgBox Replace(TextOf("failed"), "{folder}", FolderOf(Interpreter)) & vbCrLf & Err.Description, vbExclamation, TextOf("title")
End Sub

Private Function XLPy()
    ' A start that fails may take Excel long to notice: for a minute the other cells hear of it at once.
    If Now < failed_at + TimeSerial(0, 1, 0) Then Err.Raise 1000, Description:=TextOf("no_python")
    failed_at = Now
    LoadXlwings
    If 0 <> ActivateAuto(XLPy, PythonCommand, 1) Then Err.Raise 1000, Description:=TextOf("no_python") & " " & XLPy
    failed_at = 0
End Function

Private Function PythonCommand() As String
    ' No shell, no name of a workbook, and no folder on Python's path but its own (-P).
    PythonCommand = Chr(34) & Interpreter & Chr(34) & " -P -B -c ""import xlwings; xlwings.serve('$(CLSID)')"""
End Function

Private Sub LoadXlwings()
    Dim folder As String
    folder = FolderOf(Interpreter)
    If LoadLibrary(folder & "\" & LIBRARY) = 0 Then
        If LoadLibrary(FolderOf(folder) & "\" & LIBRARY) = 0 Then Err.Raise 1000, Description:=TextOf("no_python") & " " & LIBRARY
    End If
End Sub

Private Function Interpreter() As String
    ' As "workbench addin install" wrote it; nothing of an open workbook or its folder is asked.
    Dim number As Long
    Dim key As String
    Dim value As String
    number = FreeFile
    Open Environ("USERPROFILE") & "\.{project}\{project}.conf" For Input As #number
    Do While Not EOF(number)
        Input #number, key, value
        If key = "INTERPRETER_WIN" Then Interpreter = value
    Loop
    Close #number
End Function

Private Function FolderOf(ByVal path As String) As String
    If InStrRev(path, "\") > 0 Then FolderOf = Left(path, InStrRev(path, "\") - 1)
End Function

Private Function TextOf(ByVal key As String) As String
    Dim line As Long
    TextOf = key
    For line = 1 To 50
        If ThisWorkbook.Worksheets("texts").Cells(line, 1).Value = key Then TextOf = ThisWorkbook.Worksheets("texts").Cells(line, 2).Value
    Next line
End Function

Public Sub Auto_Open()
    ' Descriptions of the functions for the function wizard: rows "function" of the sheet "texts".
    Dim line As Long
    Dim last As Long
    Dim place As Long
    Dim helps() As String
    On Error Resume Next
    With ThisWorkbook.Worksheets("texts")
        line = 1
        Do While .Cells(line, 1).Value <> ""
            If .Cells(line, 1).Value = "function" Then
                last = 4
                Do While .Cells(line, last + 1).Value <> ""
                    last = last + 1
                Loop
                If last > 4 Then
                    ReDim helps(1 To last - 4)
                    For place = 1 To last - 4
                        helps(place) = .Cells(line, place + 4).Value
                    Next place
                    Application.MacroOptions Macro:=.Cells(line, 2).Value, Description:=.Cells(line, 4).Value, Category:=.Cells(line, 3).Value, ArgumentDescriptions:=helps
                Else
                    Application.MacroOptions Macro:=.Cells(line, 2).Value, Description:=.Cells(line, 4).Value, Category:=.Cells(line, 3).Value
                End If
            End If
            line = line + 1
        Loop
    End With
End Sub

